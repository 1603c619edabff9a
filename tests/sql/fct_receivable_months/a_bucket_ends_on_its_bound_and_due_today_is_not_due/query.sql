select *
from marts.fct_receivable_months
where month_end = date '2026-03-31'
