-- One row is one customer and currency with anything past due on a day: the balance by bucket of the aging's basis, and what
-- is past due, which is always by due date. What belongs to the customer as a whole (contacts, promises, credit use, quadrant,
-- owner, next step) is what marts.collections_worklist says as of $as_of, from all currencies together.
with
aged as (
    select
        customer_id,
        currency,
        bucket_no,
        sum(open_amount)::decimal(18, 4) as amount,
        sum(base_open_amount) as base_amount,
        bool_or(base_open_amount is null) as is_unrated,
        sum(open_amount) filter (where due_date < $day) as overdue_amount,
        sum(base_open_amount) filter (where due_date < $day) as base_overdue_amount,
        bool_or(base_open_amount is null and due_date < $day) as is_overdue_unrated,
        max(date_diff('day', due_date, $day::date)) filter (where open_amount > 0 and due_date < $day) as oldest_days,
        -- the rep of the largest open document speaks for the customer
        arg_max(sales_rep, row(open_amount, item_id)) as sales_rep,
        max(open_amount) as largest_amount,
    from receivable_items_aged($day, $aging_basis, $aging_bounds::integer[])
    where (len($sales_reps::varchar[]) = 0 or list_contains($sales_reps, sales_rep))
    group by all
),

accounts as (
    select
        customer_id,
        currency,
        max(oldest_days) as oldest_days,
        arg_max(sales_rep, row(largest_amount, bucket_no)) as sales_rep,
        max(largest_amount) as largest_amount,
        list({'bucket_no': bucket_no, 'amount': amount} order by bucket_no) as amounts,
        coalesce(sum(overdue_amount), 0)::decimal(18, 4) as overdue_amount,
        if(bool_or(is_overdue_unrated), null, sum(base_overdue_amount)) as base_overdue_amount,
        if(bool_or(is_unrated), null, sum(base_amount)) as base_amount,
        bool_or(is_overdue_unrated) as is_overdue_unrated,
        bool_or(is_unrated) as is_unrated,
    from aged
    group by all
),

customers as (
    select
        customer_id,
        max(oldest_days) as oldest_days,
        arg_max(sales_rep, row(largest_amount, currency)) as sales_rep,
        -- Empty where an exchange rate is missing.
        if(bool_or(is_overdue_unrated), null, sum(base_overdue_amount)) as overdue_amount,
        if(bool_or(is_unrated), null, sum(base_amount)) as balance_amount,
    from accounts
    group by customer_id
    having max(overdue_amount) > 0 and max(oldest_days) is not null
),

ranked as (
    select
        *,
        coalesce(
            sum(overdue_amount) over (order by overdue_amount desc, customer_id) - overdue_amount
            < 0.8 * sum(overdue_amount) over (),
            false
        ) as is_important,
    from customers
),

contacts as (
    select
        customer_id,
        max(contact_date) as last_contact,
        arg_max(method, row(contact_date, file_no, source_row)) as last_method,
        arg_max(owner, row(contact_date, file_no, source_row)) as last_owner,
    from staging.stg_collections
    where contact_date <= $day
    group by customer_id
),

-- What came of a promise is settled on its day, and does not change after it; what is known later is not known on $day.
promises as (
    select
        customer_id,
        arg_max(promised_date, row(contact_date, promised_date, promise_no)) as last_day,
        arg_max(status, row(contact_date, promised_date, promise_no)) as last_status,
        last_day as promised_date,
        last_status = 'broken' and last_day < $day as is_promise_broken,
        last_day >= $day and ($day < $as_of or last_status = 'open') as is_promise_open,
        count(*) filter (where status = 'kept' and (promised_date < $day or $day = $as_of)) as promises_kept,
        count(*) filter (where status = 'broken' and promised_date < $day) as promises_broken,
    from marts.collection_promises
    where contact_date <= $day
    group by customer_id
),

debtors as (
    select
        ranked.*,
        dim.* exclude (customer_id, sales_rep),
        contacts.last_contact,
        contacts.last_method,
        coalesce(contacts.last_owner, ranked.sales_rep) as owner,
        promises.promised_date,
        coalesce(promises.is_promise_broken, false) as is_promise_broken,
        coalesce(promises.is_promise_open, false) as is_promise_open,
        coalesce(promises.promises_kept, 0) as promises_kept,
        coalesce(promises.promises_broken, 0) as promises_broken,
    from ranked
    left join marts.dim_customers as dim on ranked.customer_id = dim.customer_id
    left join contacts on ranked.customer_id = contacts.customer_id
    left join promises on ranked.customer_id = promises.customer_id
)

select
    accounts.customer_id,
    coalesce(debtors.customer_name, '') as customer_name,
    coalesce(accounts.sales_rep, debtors.sales_rep, 'unknown') as sales_rep,
    accounts.currency,
    debtors.payment_terms_days,
    accounts.amounts,
    accounts.overdue_amount,
    accounts.oldest_days,
    debtors.last_contact,
    coalesce(debtors.last_method, '') as last_method,
    debtors.promised_date,
    debtors.is_promise_broken,
    debtors.promises_kept,
    debtors.promises_broken,
    -- half up on whole units of 0.0001, as decimal / decimal gives DOUBLE
    if(
        debtors.credit_limit > 0,
        sign(debtors.balance_amount) * (
            (20000 * (abs(debtors.balance_amount)::decimal(38, 4) * 10000)::hugeint + (debtors.credit_limit * 10000)::hugeint)
            // (2 * (debtors.credit_limit * 10000)::hugeint)
        ) * 0.0001,
        null
    )::decimal(18, 4) as credit_use,
    coalesce(debtors.phone, '') as phone,
    coalesce(debtors.owner, 'unknown') as owner,
    coalesce(debtors.is_promise_broken and debtors.last_contact <= debtors.promised_date, false)
    or (debtors.oldest_days > 60 and coalesce(date_diff('day', debtors.last_contact, $day::date) > 14, true)) as is_urgent,
    debtors.is_important,
    steps.step as next_step,
    steps.is_delivery_held or coalesce(debtors.balance_amount > debtors.credit_limit, false) as is_delivery_held,
from accounts
inner join debtors on accounts.customer_id = debtors.customer_id
-- Fans out to all lines of the rules that hold; the first is kept.
inner join marts.collection_steps as steps
    on (steps.oldest_days_over is null or debtors.oldest_days > steps.oldest_days_over)
    and (steps.overdue_over is null or coalesce(debtors.overdue_amount > steps.overdue_over, true))
    and (steps.is_promise_broken is null or debtors.is_promise_broken = steps.is_promise_broken)
    and (steps.is_promise_open is null or debtors.is_promise_open = steps.is_promise_open)
    and (steps.promises_broken_over is null or debtors.promises_broken > steps.promises_broken_over)
    and (steps.customer_class is null or debtors.customer_class = steps.customer_class)
where accounts.overdue_amount > 0
qualify row_number() over (partition by accounts.customer_id, accounts.currency order by steps.step_no) = 1
order by accounts.overdue_amount desc, accounts.customer_id, accounts.currency
