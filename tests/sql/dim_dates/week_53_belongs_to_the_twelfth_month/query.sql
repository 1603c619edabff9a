select *
from marts.dim_dates
where date in (date '2025-12-29', date '2026-11-23', date '2027-01-03', date '2027-01-04')
