-- One row is a shipment; an order goes in one.
select
    'D' || lpad(orders.order_no::varchar, 9, '0') as delivery_id,
    orders.order_id,
    orders.shipped_date,
    orders.delivered_date,
    ['顺丰', '德邦', '安能', '中通快运', '自有车队'][1 + draw(orders.order_no, 'carrier', 5)] as carrier,
    'TN' || lpad((draw(orders.order_no, 'tracking', 1000)::bigint * 10000000 + orders.order_no)::varchar, 11, '0') as tracking_no,
    case
        when orders.delivered_date is not null then 'delivered'
        else 'shipped'
    end as status,
    case
        when orders.delay_days > 14 then 'delay'
        when draw(orders.order_no, 'damage', 200) = 0 then 'damage'
    end as exception_type,
    if(orders.delay_days > 14, '缺货，推迟发运', null) as exception_note,
from demo.orders
where orders.shipped_date is not null
order by orders.order_no
