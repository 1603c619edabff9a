-- One row is a rate's day before the span, when no order needs it.
select month_start as key
from demo.fx_rates
where month_start < (select min(date) from demo.days)
order by month_start
limit 2
