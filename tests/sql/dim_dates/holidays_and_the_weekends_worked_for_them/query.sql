select *
from marts.dim_dates
where date in (date '2026-01-31', date '2026-02-14', date '2026-02-15', date '2026-02-17', date '2026-02-23', date '2026-02-24')
