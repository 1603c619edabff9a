-- One row is a customer with a balance.
select customers.customer_id as key
from demo.customers
semi join demo.open_items on open_items.customer_no = customers.customer_no
order by draw(customers.customer_no, 'balance victim', 1000000), customers.customer_no
limit 10
