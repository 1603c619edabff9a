-- One row is one exchange rate as exported: units of the base currency for one unit of the currency, from its day on.
-- Days with several rates and rates of zero or less are settled in staging.fx_rate_spans.
select *
from raw.fx_rates
