-- One row is one planned amount: a month (or other period, by its first day), perhaps of one region or sales rep.
-- A plan that names no metric plans revenue; one that names no currency is in the base currency.
select
    * exclude (metric, currency),
    coalesce(metric, 'revenue') as metric,
    coalesce(currency, $base_currency) as currency
from raw.targets
