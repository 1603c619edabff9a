-- One row is a customer's balance in the general ledger on one of the ledger's days; settled customers are left out.
select
    customers.customer_id,
    items.as_of as balance_date,
    money(sum(items.open_cents)) as balance,
    items.currency,
from demo.open_items as items
inner join demo.customers on customers.customer_no = items.customer_no
group by all
having sum(items.open_cents) <> 0
order by balance_date, customers.customer_id
