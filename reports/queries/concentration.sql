-- One row is one number of largest customers by revenue of the last 12 months, with their share of it.
select
    top_count,
    customer_count,
    amount,
    share
from marts.revenue_concentration
where top_count in (1, 5, 10, 20, 50)
order by top_count
