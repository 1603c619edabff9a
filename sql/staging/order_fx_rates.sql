-- One row is one foreign currency and order date that occur together, with the rate that holds that day. Looked up once a
-- day and currency, as millions of lines share them; no row where no rate is known.
with
needed as (
    select
        currency,
        order_date
    from raw.orders
    where currency <> $base_currency
    union
    select
        currency,
        order_date
    from staging.order_lines_with_headers
    where currency <> $base_currency
)

select
    needed.currency,
    needed.order_date,
    spans.rate
from needed
inner join staging.fx_rate_spans as spans
    on needed.currency = spans.currency
    and needed.order_date >= spans.valid_from
    and needed.order_date < spans.valid_to
