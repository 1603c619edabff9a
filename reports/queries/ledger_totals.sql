-- One row is one day and currency of the general ledger: how many balances there are, how many agree, and what the others
-- differ by. $customer is one customer's number, empty for all.
select
    balance_date,
    currency,
    count(*) as balances,
    count(*) filter (where difference_amount = 0) as equal_balances,
    sum(open_amount)::decimal(18, 4) as open_amount,
    sum(ledger_amount)::decimal(18, 4) as ledger_amount,
    sum(difference_amount)::decimal(18, 4) as difference_amount,
from marts.ledger_comparisons
where $customer = '' or customer_id = $customer
group by all
order by balance_date desc, currency
