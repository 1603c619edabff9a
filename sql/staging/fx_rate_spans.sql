-- One row is one exchange rate and the days it holds: from its own day until the day before the next one, so that a
-- document takes the last rate on or before its date. A rate is units of the base currency for one unit of the currency.
-- Several rates of one day: the one loaded last. Rates of zero or less are no rates.
with
daily as (
    select
        currency,
        rate_date,
        rate
    from staging.stg_fx_rates
    where rate > 0
    qualify row_number() over (partition by currency, rate_date order by file_no desc, source_row desc) = 1
)

select
    currency,
    rate_date as valid_from,
    lead(rate_date, 1, date '9999-12-31') over (partition by currency order by rate_date) as valid_to,
    rate
from daily
