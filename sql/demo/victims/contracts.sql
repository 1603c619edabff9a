-- One row is a frame contract.
select contract_id as key
from demo.contracts
order by draw(customer_no, 'victim', 1000000), contract_id
limit 10
