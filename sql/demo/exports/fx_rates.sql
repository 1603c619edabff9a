-- One row is the book rate of one dollar in yuan, from the first of a month on.
select
    month_start as rate_date,
    'USD' as currency,
    money(rate_hundredths) as rate,
from demo.fx_rates
order by rate_date
