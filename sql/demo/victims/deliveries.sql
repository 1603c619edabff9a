-- One row is a shipment some days on the road.
select 'D' || lpad(order_no::varchar, 9, '0') as key
from demo.orders
where delivered_date > shipped_date
order by draw(order_no, 'delivery victim', 1000000), order_no
limit 10
