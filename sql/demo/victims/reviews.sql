-- One row is a reviewed order.
select order_id as key
from demo.orders
where
    delivered_date + 6 <= (select max(date) from demo.days)
    and draw(order_no, 'reviewed', 100) < 30
order by draw(order_no, 'review victim', 1000000), order_no
limit 10
