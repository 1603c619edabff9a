-- One row is one promise to pay made in a contact up to $as_of. received_amount is the cash that came from the customer after
-- the contact, up to the promised day (or $as_of): for the invoice named in the contact, else for anything.
-- status: kept (the promised amount came in time; any amount, where none was named), open (its day has not passed), broken.
-- A payment counts for each promise it falls under. Amounts are in the currency of the payments, summed only where all
-- are in one currency; of several currencies the base amount counts.
with
promises as (
    select
        customer_id,
        contact_date,
        method,
        invoice_id,
        promised_date,
        promised_amount,
        owner,
        row_number() over (order by customer_id, contact_date, method, invoice_id, file_no, source_row) as promise_no
    from staging.stg_collections
    where promised_date is not null and contact_date <= $as_of
),

cash as (
    select
        lines.customer_id,
        lines.invoice_id,
        lines.payment_date,
        lines.currency,
        lines.amount,
        lines.base_amount
    from marts.fct_payments as lines
    where lines.is_effective and lines.kind in ('payment', 'refund') and lines.payment_date <= $as_of
),

received as (
    select
        promises.promise_no,
        if(count(distinct cash.currency) = 1, sum(cash.amount), sum(cash.base_amount)) as received_amount
    from promises
    inner join cash
        on promises.customer_id = cash.customer_id
        and cash.payment_date >= promises.contact_date
        and cash.payment_date <= promises.promised_date
    where promises.invoice_id is null or promises.invoice_id = cash.invoice_id or cash.invoice_id is null
    group by promises.promise_no
)

select
    promises.*,
    coalesce(received.received_amount, 0)::decimal(18, 4) as received_amount,
    case
        when coalesce(received.received_amount, 0) >= coalesce(promises.promised_amount, 0.0001) then 'kept'
        when promises.promised_date >= $as_of then 'open'
        else 'broken'
    end as status
from promises
left join received on promises.promise_no = received.promise_no
