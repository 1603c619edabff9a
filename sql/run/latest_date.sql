-- One row: the latest order or invoice date that is not after today, else the latest such payment date.
-- Left out: dates after today, and payments where orders or invoices are there, since payments are post-dated at will.
with issued as (
    select order_date as document_date
    from raw.orders
    union all
    select order_date as document_date
    from raw.order_headers
    union all
    select invoice_date as document_date
    from raw.invoices
    union all
    select invoice_date as document_date
    from raw.invoice_headers
),

latest_issued as (
    select max(document_date) as latest_date
    from issued
    where document_date <= $today
),

latest_paid as (
    select max(payment_date) as latest_date
    from raw.payments
    where payment_date <= $today
)

select coalesce(latest_issued.latest_date, latest_paid.latest_date) as latest_date
from latest_issued
cross join latest_paid
