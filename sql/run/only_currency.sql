-- One row: the currency that every document with a currency names, or CNY when none or several are named.
with named as (
    select currency
    from raw.orders
    union
    select currency
    from raw.order_headers
    union
    select currency
    from raw.invoices
    union
    select currency
    from raw.invoice_headers
    union
    select currency
    from raw.payments
)

select
    case
        when count(currency) = 1 then max(currency)
        else 'CNY'
    end as base_currency
from named
