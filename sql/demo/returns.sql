-- One row is a returned line, at most one an order: whole, or half of it. Only lines without any discount come back
-- (quantity x price is then the amount), only from customers who name the invoice they pay, and only in yuan (no rate
-- has to be chosen for it). The date is that of the return, so a month can take back what an earlier one sold.
with drawn as (
    select
        orders.order_no,
        1 + draw(orders.order_no, 'returned line', orders.line_count) as line_no,
        orders.delivered_date + (2 + draw(orders.order_no, 'return days', 26)) as return_date,
        draw(orders.order_no, 'whole', 100) < 45 as is_whole,
    from demo.orders
    inner join demo.order_amounts using (order_no)
    where
        orders.delivered_date is not null
        and not orders.is_sample
        and not orders.is_service
        and orders.currency = 'CNY'
        and orders.payment_style in ('named', 'bulk')
        and order_amounts.order_discount_cents = 0
        and draw(orders.order_no, 'return', 1000) < 70
),

returned as (
    select
        drawn.order_no,
        drawn.line_no,
        drawn.return_date,
        lines.product_no,
        lines.price_cents,
        if(drawn.is_whole or lines.quantity_halves < 4, lines.quantity_halves, lines.quantity_halves // 4 * 2)
            as quantity_halves,
    from drawn
    inner join demo.order_lines as lines
        on lines.order_no = drawn.order_no
        and lines.line_no = drawn.line_no
    where
        lines.discount_cents = 0
        and drawn.return_date <= $end_date
)

select
    row_number() over (order by return_date, order_no) as return_no,
    order_no,
    line_no,
    return_date,
    product_no,
    quantity_halves,
    quantity_halves * price_cents // 2 as amount_cents,
    ['质量问题', '发错货', '运输破损', '规格不符', '客户多订'][1 + draw(order_no, 'reason', 5)] as reason,
from returned
