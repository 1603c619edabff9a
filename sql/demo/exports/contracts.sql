-- One row is a frame contract.
select
    contracts.contract_id,
    customers.customer_id,
    contracts.signed_date,
    contracts.start_date,
    contracts.end_date,
    money(contracts.amount_cents) as amount,
    customers.payment_terms_days,
    if(contracts.end_date < (select max(date) from demo.days), 'ended', 'active') as status,
from demo.contracts
inner join demo.customers on customers.customer_no = contracts.customer_no
order by contracts.start_date, contracts.contract_id
