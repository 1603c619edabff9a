-- One row is one currency and day on which an invoice, credit note or payment needs a rate: the last rate on or before that
-- day, in units of the base currency. The base currency itself is 1. A day before the first known rate has no row.
with
needed as (
    select
        currency,
        invoice_date as document_date
    from staging.stg_invoices
    union
    select
        currency,
        payment_date as document_date
    from staging.stg_payments
)

select
    needed.currency,
    needed.document_date,
    1::decimal(18, 8) as fx_rate
from needed
where needed.currency = $base_currency

union all

select
    needed.currency,
    needed.document_date,
    spans.rate as fx_rate
from needed
inner join staging.fx_rate_spans as spans
    on needed.currency = spans.currency
    and needed.document_date >= spans.valid_from
    and needed.document_date < spans.valid_to
where needed.currency <> $base_currency
