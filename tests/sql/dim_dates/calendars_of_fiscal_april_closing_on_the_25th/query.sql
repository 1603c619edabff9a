select *
from marts.dim_dates
where date in (date '2026-03-25', date '2026-03-26', date '2026-03-29', date '2026-03-30', date '2026-04-27', date '2026-04-26')
