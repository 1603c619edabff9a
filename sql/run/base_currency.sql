-- One row: the currency to report in where no setting says it: the only one that documents name; of several CNY, or
-- without CNY the one most documents name; CNY where none is named.
with named as (
    select currency
    from raw.orders
    union all
    select currency
    from raw.order_headers
    union all
    select currency
    from raw.invoices
    union all
    select currency
    from raw.invoice_headers
    union all
    select currency
    from raw.payments
),

counted as (
    select
        currency,
        count(*) as documents
    from named
    where currency is not null
    group by currency
)

select
    coalesce(
        max(currency) filter (where currency = 'CNY'),
        arg_max(currency, (documents, currency)),
        'CNY'
    ) as base_currency
from counted
