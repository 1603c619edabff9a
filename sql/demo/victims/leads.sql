-- One row is a lead that led to no order.
select 'L' || lpad(lead_no::varchar, 7, '0') as key
from demo.leads
where order_no is null
order by draw(lead_no, 'victim', 1000000), lead_no
limit 20
