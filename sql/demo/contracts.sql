-- One row is a year's frame contract of a customer who has one, from the first order of the year; its terms are the customer's.
-- Its amount includes tax, as the amounts of contracts do.
with years as (
    select
        orders.customer_no,
        year(orders.order_date) as contract_year,
        min(orders.order_date) as start_date,
        sum(order_amounts.net_cents + (order_amounts.net_cents * orders.tax_percent + 50) // 100) as ordered_cents,
    from demo.orders
    inner join demo.order_amounts using (order_no)
    inner join demo.customers on customers.customer_no = orders.customer_no
    where
        orders.is_valid
        and customers.payment_terms_days is not null
        and draw(orders.customer_no, 'contract', 100) < 18
    group by all
)

select
    customer_no,
    contract_year,
    'HT' || contract_year::varchar || lpad(customer_no::varchar, 6, '0') as contract_id,
    start_date - (1 + draw(customer_no * 10000 + contract_year, 'signed', 20)) as signed_date,
    start_date,
    make_date(contract_year, 12, 31) as end_date,
    -- The frame is the year's orders, rounded up to ten thousand.
    (ordered_cents // 1000000 + 1) * 1000000 as amount_cents,
from years
