-- One row is one customer named in any document, with the file's data where there is a file. Figures are up to $as_of, in
-- base currency; revenue is net of returns; orders are valid ones of positive value.
-- Class: potential (no order yet), lapsed (last order more than $lapsed_days days ago), vip (in the top tenth by revenue
-- of the last 12 months, equal revenue equal rank, and nothing more than 90 days past due), else active.
-- Completeness is the share of name, tax id, address, phone and contact that the file gives.
with
named as (
    select customer_id, max(customer_name) as customer_name from staging.stg_orders group by customer_id
    union all
    select customer_id, max(buyer_name) from staging.stg_invoices group by customer_id
    union all
    select customer_id, max(customer_name) from staging.stg_leads group by customer_id
    union all
    select customer_id, max(payer_name) from staging.stg_payments group by customer_id
    union all
    select distinct customer_id, null from staging.stg_returns
    union all
    select distinct customer_id, null from staging.stg_contracts
    union all
    select distinct customer_id, null from staging.stg_collections
    union all
    select distinct customer_id, null from staging.stg_ledger_balances
    union all
    select customer_id, customer_name from staging.stg_customers
),

everyone as (
    select
        customer_id,
        max(customer_name) as customer_name
    from named
    where customer_id is not null
    group by customer_id
),

ordered as (
    select
        customer_id,
        min(order_date) as first_order_date,
        max(order_date) as last_order_date,
        count(*) as order_count,
        sum(base_net_amount) as ordered_amount,
        sum(base_net_amount) filter (where order_date > $as_of - interval 12 month) as trailing_ordered_amount
    from marts.fct_orders
    where is_valid and has_value and order_date <= $as_of
    group by customer_id
),

returned as (
    select
        customer_id,
        sum(base_amount) as returned_amount,
        sum(base_amount) filter (where return_date > $as_of - interval 12 month) as trailing_returned_amount
    from marts.fct_returns
    where return_date <= $as_of
    group by customer_id
),

very_late as (
    select distinct customer_id
    from marts.fct_receivables
    where open_amount > 0 and date_diff('day', due_date, $as_of) > 90
),

figures as (
    select
        everyone.customer_id,
        everyone.customer_name,
        ordered.first_order_date,
        ordered.last_order_date,
        coalesce(ordered.order_count, 0) as order_count,
        (coalesce(ordered.ordered_amount, 0) - coalesce(returned.returned_amount, 0))::decimal(18, 4) as revenue_amount,
        (
            coalesce(ordered.trailing_ordered_amount, 0) - coalesce(returned.trailing_returned_amount, 0)
        )::decimal(18, 4) as trailing_revenue_amount,
        very_late.customer_id is not null as has_balance_over_90_days
    from everyone
    left join ordered on everyone.customer_id = ordered.customer_id
    left join returned on everyone.customer_id = returned.customer_id
    left join very_late on everyone.customer_id = very_late.customer_id
),

ranked as (
    select
        customer_id,
        rank() over (order by trailing_revenue_amount desc) * 10 <= count(*) over () + 9 as is_top_tenth
    from figures
    where trailing_revenue_amount > 0
)

select
    figures.customer_id,
    coalesce(files.customer_name, figures.customer_name, figures.customer_id) as customer_name,
    files.tax_id,
    files.address,
    files.phone,
    files.email,
    files.contact_name,
    files.contact_title,
    coalesce(files.region, 'unknown') as region,
    coalesce(files.industry, 'unknown') as industry,
    coalesce(files.channel, 'unknown') as channel,
    coalesce(files.sales_rep, 'unknown') as sales_rep,
    files.credit_limit,
    files.payment_terms_days,
    files.created_date,
    files.needs,
    figures.first_order_date,
    figures.last_order_date,
    figures.order_count,
    figures.revenue_amount,
    figures.trailing_revenue_amount,
    figures.has_balance_over_90_days,
    case
        when figures.order_count = 0 then 'potential'
        when date_diff('day', figures.last_order_date, $as_of) > $lapsed_days then 'lapsed'
        when ranked.is_top_tenth and not figures.has_balance_over_90_days then 'vip'
        else 'active'
    end as customer_class,
    files.customer_id is not null as has_file,
    files.customer_name is not null as has_name,
    files.tax_id is not null as has_tax_id,
    files.address is not null as has_address,
    files.phone is not null as has_phone,
    files.contact_name is not null as has_contact,
    (
        (
            has_name::integer + has_tax_id::integer + has_address::integer + has_phone::integer + has_contact::integer
        ) * 0.2
    )::decimal(9, 6) as completeness
from figures
left join ranked on figures.customer_id = ranked.customer_id
left join staging.stg_customers as files
    on figures.customer_id = files.customer_id and not files.is_repeated
