-- Per customer and currency, as of $as_of: not due and all buckets = open items = invoiced - credited - paid (control total).
with
buckets as (
    select
        customer_id,
        currency,
        sum(amount) as amount
    from receivables_aging($as_of, basis := $aging_basis, bounds := $aging_bounds::integer[])
    group by all
),

open_items as (
    select
        customer_id,
        currency,
        sum(open_amount) as amount
    from marts.fct_receivables
    group by all
),

documents as (
    select
        customer_id,
        currency,
        gross_amount as amount
    from marts.fct_invoices
    where is_effective and invoice_date <= $as_of
    union all
    select
        customer_id,
        currency,
        -amount
    from marts.fct_payments
    where is_effective and payment_date <= $as_of
),

control as (
    select
        customer_id,
        currency,
        sum(amount) as amount
    from documents
    group by all
)

select
    customer_id,
    currency,
    coalesce(buckets.amount, 0) as bucket_amount,
    coalesce(open_items.amount, 0) as open_amount,
    coalesce(control.amount, 0) as control_amount
from open_items
full join buckets using (customer_id, currency)
full join control using (customer_id, currency)
where bucket_amount <> open_amount or open_amount <> control_amount
