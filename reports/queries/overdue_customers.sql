-- One row is one customer and currency with anything past due on a day: balance by bucket, the oldest age, terms,
-- the last contact, the last promise and what came of it, and the next step by the rules of marts.collection_steps.
with
aged as (
    select
        customer_id,
        currency,
        bucket_no,
        sum(open_amount)::decimal(18, 4) as amount,
        sum(base_open_amount)::decimal(18, 4) as base_amount,
        max(age_days) filter (where open_amount > 0) as oldest_days,
        -- the rep of the largest open document speaks for the customer
        arg_max(sales_rep, open_amount) as sales_rep,
        max(open_amount) as largest_amount,
    from receivable_items_aged($day, $aging_basis, $aging_bounds::integer[])
    where (len($sales_reps::varchar[]) = 0 or list_contains($sales_reps, sales_rep))
    group by all
),

customers as (
    select
        customer_id,
        currency,
        max(oldest_days) as oldest_days,
        arg_max(sales_rep, largest_amount) as sales_rep,
        list({'bucket_no': bucket_no, 'amount': amount} order by bucket_no) as amounts,
        sum(amount) filter (where bucket_no > 0)::decimal(18, 4) as overdue_amount,
        sum(base_amount) filter (where bucket_no > 0)::decimal(18, 4) as base_overdue_amount,
        sum(amount)::decimal(18, 4) as balance,
    from aged
    group by all
    having sum(amount) filter (where bucket_no > 0) > 0
),

contacts as (
    select
        customer_id,
        max(contact_date) as last_contact,
    from staging.stg_collections
    where contact_date <= $day
    group by customer_id
),

promises as (
    select
        customer_id,
        max(promised_date) as promised_date,
        -- What came of a promise is settled on its day, and does not change after it.
        arg_max(status, promised_date) = 'broken' and max(promised_date) < $day as is_promise_broken,
        max(promised_date) >= $day as is_promise_open,
        count(*) filter (where status = 'broken' and promised_date < $day) as promises_broken,
    from marts.collection_promises
    where contact_date <= $day
    group by customer_id
),

debtors as (
    select
        customers.*,
        dim.* exclude (customer_id, sales_rep),
        coalesce(customers.sales_rep, dim.sales_rep, 'unknown') as rep,
        contacts.last_contact,
        promises.promised_date,
        coalesce(promises.is_promise_broken, false) as is_promise_broken,
        coalesce(promises.is_promise_open, false) as is_promise_open,
        coalesce(promises.promises_broken, 0) as promises_broken,
    from customers
    left join marts.dim_customers as dim on customers.customer_id = dim.customer_id
    left join contacts on customers.customer_id = contacts.customer_id
    left join promises on customers.customer_id = promises.customer_id
)

select
    debtors.customer_id,
    coalesce(debtors.customer_name, '') as customer_name,
    debtors.rep as sales_rep,
    debtors.currency,
    debtors.payment_terms_days,
    debtors.amounts,
    debtors.oldest_days,
    debtors.last_contact,
    debtors.promised_date,
    debtors.is_promise_broken,
    if(debtors.credit_limit > 0, debtors.balance / debtors.credit_limit, null)::decimal(18, 4) as credit_use,
    coalesce(debtors.phone, '') as phone,
    coalesce(steps.step, '') as next_step,
from debtors
-- Fans out to all lines of the rules that hold; the first is kept.
left join marts.collection_steps as steps
    on (steps.oldest_days_over is null or coalesce(debtors.oldest_days, 0) > steps.oldest_days_over)
    and (steps.overdue_over is null or coalesce(debtors.base_overdue_amount > steps.overdue_over, true))
    and (steps.is_promise_broken is null or debtors.is_promise_broken = steps.is_promise_broken)
    and (steps.is_promise_open is null or debtors.is_promise_open = steps.is_promise_open)
    and (steps.promises_broken_over is null or debtors.promises_broken > steps.promises_broken_over)
    and (steps.customer_class is null or debtors.customer_class = steps.customer_class)
qualify row_number() over (partition by debtors.customer_id, debtors.currency order by steps.step_no) = 1
order by debtors.overdue_amount desc, debtors.customer_id
