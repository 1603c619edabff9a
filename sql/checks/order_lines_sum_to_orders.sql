-- Sum of the valid order lines = sum of the valid orders, net and in base currency, per order date and currency. Orders
-- whose lines disagree on their header are left out: they have no one date.
with
conflicting as (
    select order_id
    from marts.fct_orders
    where has_conflicting_header
),

lines as (
    select
        order_date,
        currency,
        sum(net_amount) as net_amount,
        sum(base_net_amount) as base_net_amount
    from marts.fct_order_lines
    where is_valid and order_id not in (select order_id from conflicting)
    group by all
),

orders as (
    select
        order_date,
        currency,
        sum(net_amount) as net_amount,
        sum(base_net_amount) as base_net_amount
    from marts.fct_orders
    where is_valid and not has_conflicting_header and line_count > 0
    group by all
)

select
    order_date,
    currency,
    lines.net_amount as lines_net_amount,
    orders.net_amount as orders_net_amount,
    lines.base_net_amount as lines_base_net_amount,
    orders.base_net_amount as orders_base_net_amount
from lines
full join orders using (order_date, currency)
where lines.net_amount is distinct from orders.net_amount
or lines.base_net_amount is distinct from orders.base_net_amount
