-- One row: the month under review. It is the last complete calendar month with an order, invoice or payment in it or
-- after it; where the data has no complete month, the month of $as_of up to that day.
with
document_dates as (
    select order_date as document_date from marts.fct_orders where is_valid and order_date <= $as_of
    union all
    select invoice_date from marts.fct_invoices where is_effective and invoice_date <= $as_of
    union all
    select payment_date from marts.fct_payments where is_effective and payment_date <= $as_of
),

candidate as (
    select
        if(
            $as_of::date = last_day($as_of::date),
            date_trunc('month', $as_of::date),
            date_trunc('month', $as_of::date) - interval 1 month
        )::date as month_start
)

select
    if(min(document_date) < month_start + interval 1 month, month_start, date_trunc('month', $as_of::date))::date as month_start
from candidate
left join document_dates on true
group by month_start
