-- One row is one month: the median net amount of its valid orders of positive value, in base currency, and their number.
select
    date_trunc('month', order_date)::date as month,
    median(base_net_amount)::decimal(18, 4) as median_amount,
    count(*) as orders,
from marts.fct_orders
where is_valid and has_value and order_date between $start and $end
group by all
order by all
