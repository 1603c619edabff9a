-- One row is an order status on the span's last day.
select
    status,
    count(*) as orders,
from demo.orders
group by all
order by status
