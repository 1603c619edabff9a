-- One row is one customer and currency with anything past due on a day: balance by bucket, the oldest age, terms,
-- the last contact and the promise that came of it.
with
aged as (
    select
        customer_id,
        currency,
        bucket_no,
        sum(open_amount)::decimal(18, 4) as amount,
        max(age_days) filter (where open_amount > 0) as oldest_days,
        -- the rep of the largest open document speaks for the customer
        arg_max(sales_rep, open_amount) as sales_rep,
        max(open_amount) as largest_amount,
    from receivable_items_aged($day, $aging_basis, $aging_bounds::integer[])
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
        sum(amount)::decimal(18, 4) as balance,
    from aged
    group by all
),

contacts as (
    select
        customer_id,
        max(contact_date) as last_contact,
        max(promised_date) as promised_date,
    from staging.stg_collections
    where contact_date <= $day
    group by customer_id
)

select
    customers.customer_id,
    coalesce(dim.customer_name, '') as customer_name,
    coalesce(customers.sales_rep, dim.sales_rep, 'unknown') as sales_rep,
    customers.currency,
    dim.payment_terms_days,
    customers.amounts,
    customers.oldest_days,
    contacts.last_contact,
    contacts.promised_date,
    coalesce(contacts.promised_date < $day, false) as is_promise_broken,
    if(dim.credit_limit > 0, customers.balance / dim.credit_limit, null)::decimal(18, 4) as credit_use,
    coalesce(dim.phone, '') as phone,
from customers
left join marts.dim_customers as dim on customers.customer_id = dim.customer_id
left join contacts on customers.customer_id = contacts.customer_id
where customers.overdue_amount > 0
order by customers.overdue_amount desc, customers.customer_id
