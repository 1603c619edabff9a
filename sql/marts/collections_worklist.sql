-- One row is one customer with something overdue as of $as_of, and what to do next. Amounts are in base currency, so that
-- customers can be ranked (empty where an exchange rate is missing); `amounts` says what is overdue in their own currencies.
-- step: the first line of marts.collection_steps that holds; is_delivery_held: that line stops deliveries, or the customer
-- owes more than the credit limit. Urgent: a promise was broken and nobody has called since, or the oldest item is over 60
-- days late and there was no contact for 14 days. Important: one of the customers that together owe the first 80 percent of
-- all that is overdue. Pages ask the same of any day (reports/queries/overdue_customers.sql). owner: who had the last contact,
-- else the sales rep. promise_rate is kept ÷ (kept + broken).
with
contacts as (
    select
        customer_id,
        max(contact_date) as last_contact_date,
        arg_max(method, row(contact_date, file_no, source_row)) as last_contact_method,
        arg_max(owner, row(contact_date, file_no, source_row)) as last_contact_owner,
        arg_max(result, row(contact_date, file_no, source_row)) as last_contact_result
    from staging.stg_collections
    where contact_date <= $as_of
    group by customer_id
),

promises as (
    select
        customer_id,
        -- Of promises of one contact the latest day, of contacts the last: it stands in the place of what was said before.
        arg_max(promised_date, row(contact_date, promised_date, promise_no)) as last_promised_date,
        arg_max(promised_amount, row(contact_date, promised_date, promise_no)) as last_promised_amount,
        arg_max(status, row(contact_date, promised_date, promise_no)) as last_promise_status,
        count(*) filter (where status = 'kept') as promises_kept,
        count(*) filter (where status = 'broken') as promises_broken
    from marts.collection_promises
    group by customer_id
),

customers as (
    select
        debts.* exclude (overdue_amounts, is_overdue),
        debts.overdue_amounts as amounts,
        dim.customer_name,
        dim.customer_class,
        dim.contact_name,
        dim.phone,
        dim.email,
        contacts.* exclude (customer_id, last_contact_owner),
        promises.last_promised_date,
        promises.last_promised_amount,
        coalesce(promises.promises_kept, 0) as promises_kept,
        coalesce(promises.promises_broken, 0) as promises_broken,
        coalesce(promises.last_promise_status = 'broken', false) as is_promise_broken,
        coalesce(promises.last_promise_status = 'open', false) as is_promise_open,
        coalesce(contacts.last_contact_owner, debts.sales_rep) as owner,
        sum(debts.overdue_amount) over (order by debts.overdue_amount desc, debts.customer_id) - debts.overdue_amount
        < 0.8 * sum(debts.overdue_amount) over () as is_important
    from marts.customer_debts as debts
    left join marts.dim_customers as dim using (customer_id)
    left join contacts using (customer_id)
    left join promises using (customer_id)
    where debts.is_overdue
)

select
    customers.* exclude (is_important),
    (
        (2000000 * customers.promises_kept + customers.promises_kept + customers.promises_broken)
        // (2 * nullif(customers.promises_kept + customers.promises_broken, 0)) * 0.000001
    )::decimal(9, 6) as promise_rate,
    coalesce(customers.is_important, false) as is_important,
    coalesce(customers.is_promise_broken and customers.last_contact_date <= customers.last_promised_date, false)
    or (
        customers.oldest_days > 60
        and coalesce(date_diff('day', customers.last_contact_date, $as_of::date) > 14, true)
    ) as is_urgent,
    if(is_urgent, 'urgent', 'not_urgent') || '_' || if(coalesce(customers.is_important, false), 'important', 'not_important')
        as quadrant,
    steps.step_no,
    steps.step,
    steps.is_delivery_held or customers.is_over_credit_limit as is_delivery_held
from customers
-- Fans out to all lines of the rules that hold; the first is kept.
inner join marts.collection_steps as steps
    on (steps.oldest_days_over is null or customers.oldest_days > steps.oldest_days_over)
    and (steps.overdue_over is null or coalesce(customers.overdue_amount > steps.overdue_over, true))
    and (steps.is_promise_broken is null or customers.is_promise_broken = steps.is_promise_broken)
    and (steps.is_promise_open is null or customers.is_promise_open = steps.is_promise_open)
    and (steps.promises_broken_over is null or customers.promises_broken > steps.promises_broken_over)
    and (steps.customer_class is null or customers.customer_class = steps.customer_class)
qualify row_number() over (partition by customers.customer_id order by steps.step_no) = 1
