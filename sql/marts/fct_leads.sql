-- One row is one lead. It converts when its customer's first valid order of positive value falls in the window
-- [created, created + $conversion_window_days). Every order is credited once: to the lead it or the lead names, else to
-- the nearest lead of its customer at or before its date (of one day's leads, the one that stands last).
-- A customer who bought before the lead came is existing: orders credited to such a lead are counted apart
-- (is_credited without is_converted). A lead is mature once its whole window lies at or before $as_of.
-- Nothing dated after $as_of is seen.
with
leads as (
    select
        leads.* exclude (customer_id),
        coalesce(leads.customer_id, named.customer_id) as customer_id,
        (leads.created_date + $conversion_window_days)::date as mature_date
    from staging.stg_leads as leads
    left join marts.fct_orders as named on leads.converted_order_id = named.order_id
    where not leads.is_repeated and leads.created_date <= $as_of
),

spans as (
    select
        lead_id,
        customer_id,
        created_date as valid_from,
        least(
            mature_date,
            lead(created_date, 1, mature_date) over (
                partition by customer_id order by created_date, file_no, source_row
            )
        ) as valid_to
    from leads
    where customer_id is not null
),

orders as (
    select
        order_id,
        order_date,
        customer_id,
        lead_id,
        order_sequence
    from marts.fct_orders
    where is_valid and has_value and customer_id is not null and order_date <= $as_of
),

named as (
    select
        order_id,
        lead_id
    from orders
    where lead_id in (select lead_id from leads)
    union
    select
        orders.order_id,
        leads.lead_id
    from orders
    inner join leads on orders.order_id = leads.converted_order_id
    where orders.lead_id is null
),

credits as (
    select
        order_id,
        min(lead_id) as lead_id
    from named
    group by order_id
    union all
    select
        orders.order_id,
        spans.lead_id
    from orders
    inner join spans
        on orders.customer_id = spans.customer_id
        and orders.order_date >= spans.valid_from
        and orders.order_date < spans.valid_to
    where orders.order_id not in (select order_id from named)
),

credited as (
    select
        leads.lead_id,
        min(orders.order_date) as converted_date,
        arg_min(orders.order_id, (orders.order_date, orders.order_id)) as converted_order_id,
        count(*) as credited_order_count,
        bool_or(orders.order_sequence = 1) as has_first_order
    from credits
    inner join orders on credits.order_id = orders.order_id
    inner join leads on credits.lead_id = leads.lead_id
    where orders.order_date >= leads.created_date and orders.order_date < leads.mature_date
    group by leads.lead_id
),

first_orders as (
    select
        customer_id,
        order_date as first_order_date
    from orders
    where order_sequence = 1
)

select
    leads.lead_id,
    leads.created_date,
    leads.customer_id,
    leads.customer_name,
    coalesce(leads.channel, customers.channel, 'unknown') as channel,
    coalesce(leads.sales_rep, customers.sales_rep, 'unknown') as sales_rep,
    coalesce(leads.region, customers.region, 'unknown') as region,
    coalesce(leads.product_interest, 'unknown') as product_interest,
    leads.budget,
    leads.status,
    case when leads.quoted_date <= $as_of then leads.quoted_date end as quoted_date,
    leads.quote_amount,
    coalesce(leads.quoted_date <= $as_of, leads.status = 'quoted' or leads.quote_amount is not null) as is_quoted,
    coalesce(leads.lost_reason, 'unknown') as lost_reason,
    credited.converted_order_id,
    credited.converted_date,
    coalesce(credited.credited_order_count, 0) as credited_order_count,
    credited.lead_id is not null as is_credited,
    coalesce(first_orders.first_order_date < leads.created_date, false) as is_existing_customer,
    coalesce(credited.has_first_order and first_orders.first_order_date >= leads.created_date, false) as is_converted,
    leads.mature_date,
    leads.mature_date <= $as_of as is_mature,
    leads.file_no,
    leads.source_row
from leads
left join credited on leads.lead_id = credited.lead_id
left join first_orders on leads.customer_id = first_orders.customer_id
left join staging.stg_customers as customers
    on leads.customer_id = customers.customer_id and not customers.is_repeated
