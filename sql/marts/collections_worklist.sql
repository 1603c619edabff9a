-- One row is one customer with something overdue as of $as_of, and what to do next. Amounts are in base currency, so that
-- customers can be ranked (empty where an exchange rate is missing); `amounts` says them in their own currencies.
-- overdue_amount is what is past due less credits and unapplied cash past their own date; bucket_amounts runs from bucket 0.
-- step: the first line of marts.collection_steps that holds. Urgent: a promise was broken and nobody has called since, or the
-- oldest item is over 60 days late and there was no contact for 14 days. Important: one of the customers that together
-- owe the first 80 percent of all that is overdue. owner: who had the last contact, else the sales rep.
with
items as (
    select *
    from marts.fct_receivables
    where is_open
),

aged as (
    select
        *,
        date_diff('day', if($aging_basis = 'due', due_date, document_date), $as_of::date) as age_days,
        if(
            $aging_basis = 'due' and age_days <= 0,
            0,
            1 + len(list_filter($aging_bounds::integer[], lambda bound: bound < age_days))
        ) as bucket_no,
        date_diff('day', due_date, $as_of::date) as days_late
    from items
),

currencies as (
    select
        customer_id,
        string_agg(currency || ' ' || amount::decimal(18, 2), '; ' order by currency) as amounts
    from (
        select
            customer_id,
            currency,
            sum(open_amount) as amount
        from aged
        where days_late > 0
        group by all
    )
    group by customer_id
    having max(amount) > 0
),

buckets as (
    select
        customer_id,
        list(amount order by bucket_no) as bucket_amounts
    from (
        select
            customers.customer_id,
            numbers.bucket_no,
            coalesce(sum(aged.base_open_amount), 0)::decimal(18, 4) as amount
        from (select distinct customer_id from aged) as customers
        cross join (select unnest(generate_series(0, len($aging_bounds::integer[]) + 1)) as bucket_no) as numbers
        left join aged on customers.customer_id = aged.customer_id and numbers.bucket_no = aged.bucket_no
        group by all
    )
    group by customer_id
),

balances as (
    select
        customer_id,
        sum(base_open_amount)::decimal(18, 4) as balance_amount,
        sum(base_open_amount) filter (where days_late > 0)::decimal(18, 4) as overdue_amount,
        max(days_late) filter (where open_amount > 0)::integer as oldest_days,
        count(*) filter (where days_late > 0 and open_amount > 0) as overdue_item_count,
        arg_max(sales_rep, open_amount) as sales_rep
    from aged
    group by customer_id
    having max(days_late) filter (where open_amount > 0) > 0
),

contacts as (
    select
        customer_id,
        max(contact_date) as last_contact_date,
        arg_max(method, contact_date) as last_contact_method,
        arg_max(owner, contact_date) as last_contact_owner,
        arg_max(result, contact_date) as last_contact_result
    from staging.stg_collections
    where contact_date <= $as_of
    group by customer_id
),

promises as (
    select
        customer_id,
        max(promised_date) as last_promised_date,
        arg_max(status, promised_date) as last_promise_status,
        count(*) filter (where status = 'kept') as promises_kept,
        count(*) filter (where status = 'broken') as promises_broken
    from marts.collection_promises
    group by customer_id
),

customers as (
    select
        balances.*,
        buckets.bucket_amounts,
        currencies.amounts,
        dim.customer_name,
        dim.customer_class,
        dim.phone,
        dim.email,
        dim.credit_limit,
        contacts.* exclude (customer_id, last_contact_owner),
        promises.last_promised_date,
        coalesce(promises.promises_kept, 0) as promises_kept,
        coalesce(promises.promises_broken, 0) as promises_broken,
        coalesce(promises.last_promise_status = 'broken', false) as is_promise_broken,
        coalesce(promises.last_promise_status = 'open', false) as is_promise_open,
        coalesce(contacts.last_contact_owner, balances.sales_rep) as owner,
        sum(overdue_amount) over (order by overdue_amount desc, balances.customer_id) - overdue_amount
        < 0.8 * sum(overdue_amount) over () as is_important
    from balances
    inner join buckets using (customer_id)
    inner join currencies using (customer_id)
    left join marts.dim_customers as dim using (customer_id)
    left join contacts using (customer_id)
    left join promises using (customer_id)
)

select
    customers.* exclude (is_important),
    coalesce(customers.is_important, false) as is_important,
    coalesce(customers.is_promise_broken and customers.last_contact_date <= customers.last_promised_date, false)
    or (
        customers.oldest_days > 60
        and coalesce(date_diff('day', customers.last_contact_date, $as_of::date) > 14, true)
    ) as is_urgent,
    if(is_urgent, 'urgent', 'not_urgent') || '_' || if(coalesce(customers.is_important, false), 'important', 'not_important')
        as quadrant,
    coalesce(customers.balance_amount > customers.credit_limit, false) as is_over_credit_limit,
    steps.step_no,
    steps.step
from customers
-- Fans out to all lines of the rules that hold; the first is kept.
inner join marts.collection_steps as steps
    on (steps.oldest_days_over is null or customers.oldest_days > steps.oldest_days_over)
    and (steps.overdue_over is null or coalesce(customers.overdue_amount > steps.overdue_over, true))
    and (steps.is_promise_broken is null or customers.is_promise_broken = steps.is_promise_broken)
    and (steps.is_promise_open is null or customers.is_promise_open = steps.is_promise_open)
    and (steps.customer_class is null or customers.customer_class = steps.customer_class)
qualify row_number() over (partition by customers.customer_id order by steps.step_no) = 1
