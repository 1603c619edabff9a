-- One row is a returned line, its amount without tax.
select
    'RT' || lpad(returns.return_no::varchar, 8, '0') as return_id,
    orders.order_id,
    returns.line_no,
    returns.return_date,
    products.product_id,
    if(
        returns.quantity_halves % 2 = 0,
        (returns.quantity_halves // 2)::varchar,
        (returns.quantity_halves // 2)::varchar || '.5'
    ) as quantity,
    money(returns.amount_cents) as amount,
    returns.reason,
from demo.returns
inner join demo.orders on orders.order_no = returns.order_no
inner join demo.products on products.product_no = returns.product_no
order by returns.return_no
