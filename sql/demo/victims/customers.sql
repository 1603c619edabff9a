-- One row is a customer at home with a full file card.
select customers.customer_id as key
from demo.customers
where
    not customers.is_overseas
    and customers.size > 20000
    and draw(customers.customer_no, 'no phone', 100) >= 6
    and draw(customers.customer_no, 'no email', 100) >= 14
order by draw(customers.customer_no, 'victim', 1000000), customers.customer_no
limit 20
