-- One row is an order of one line that no other export mentions: what happens to it touches nothing else.
select orders.order_id as key
from demo.orders
inner join demo.order_amounts as amounts on amounts.order_no = orders.order_no
anti join demo.leads on leads.order_no = orders.order_no
where
    orders.line_count = 1
    and orders.currency = 'CNY'
    and orders.shipped_date is null
    and orders.status in ('cancelled', 'confirmed')
    and amounts.discount_cents = 0
order by draw(orders.order_no, 'victim', 1000000), orders.order_no
limit 80
