-- One row is a delivered order of one line at full price, some days on the road, whose invoice is in force.
select orders.order_id as key
from demo.orders
inner join demo.order_amounts as amounts on amounts.order_no = orders.order_no
inner join demo.blue_invoices as invoices
    on invoices.order_no = orders.order_no
    and not invoices.is_void
anti join demo.returns on returns.order_no = orders.order_no
where
    orders.line_count = 1
    and orders.currency = 'CNY'
    and amounts.discount_cents = 0
    and orders.confirmed_date > orders.order_date
    and orders.delivered_date > orders.shipped_date
    and orders.delivered_date <= orders.promised_date
order by draw(orders.order_no, 'victim', 1000000), orders.order_no
limit 40
