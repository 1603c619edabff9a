-- One row is one channel or product category that customers buy most of: how many do, and for how much of it.
select
    kind,
    value,
    count(*) as customer_count,
    sum(amount)::decimal(18, 4) as amount
from marts.customer_preferences
where kind in ('channel', 'product_category')
group by kind, value
order by kind, customer_count desc, value
