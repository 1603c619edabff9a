-- One row is a customer who was contacted about an overdue invoice.
select customers.customer_id as key
from demo.customers
semi join demo.overdue_contacts on overdue_contacts.customer_no = customers.customer_no
order by draw(customers.customer_no, 'contact victim', 1000000), customers.customer_no
limit 10
