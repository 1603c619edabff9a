-- One row is an order with its amounts in cents, before tax. The discount on the whole order is a whole number of
-- yuan; orders in dollars get it only when they have one line, so that no share of it needs rounding before conversion.
with summed as (
    select
        order_no,
        sum(gross_cents)::bigint as gross_cents,
        sum(discount_cents)::bigint as line_discount_cents,
        count(*) as line_count,
    from demo.order_lines
    group by all
),

discounted as (
    select
        orders.order_no,
        summed.gross_cents,
        summed.line_discount_cents,
        case
            when orders.is_sample then 0
            when draw(orders.order_no, 'order discount', 100) >= 8 then 0
            when orders.currency = 'USD' and summed.line_count > 1 then 0
            else (summed.gross_cents - summed.line_discount_cents) * (1 + draw(orders.order_no, 'order percent', 3))
                // 10000 * 100
        end as order_discount_cents,
    from demo.orders
    inner join summed on summed.order_no = orders.order_no
)

select
    order_no,
    gross_cents,
    line_discount_cents,
    order_discount_cents,
    line_discount_cents + order_discount_cents as discount_cents,
    gross_cents - line_discount_cents - order_discount_cents as net_cents,
from discounted
