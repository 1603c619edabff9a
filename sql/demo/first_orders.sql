-- One row is a customer who ever placed a valid order, with the first of them.
select
    customer_no,
    min(order_no) as first_order_no,
    min(order_date) as first_order_date,
from demo.orders
where is_valid
group by all
