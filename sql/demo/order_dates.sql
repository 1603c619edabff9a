-- One row is an order with the dates of its life, as far as the span's last day, whatever its status becomes.
with numbered as (
    select
        row_number() over (order by slots.order_date, slots.customer_no, slots.slot_no) as order_no,
        slots.customer_no,
        slots.order_date,
        customers.is_overseas,
    from demo.order_slots as slots
    inner join demo.customers using (customer_no)
),

paced as (
    select
        *,
        draw(order_no, 'service', 100) < 9 as is_service,
        draw(order_no, 'confirm', 3) as confirm_days,
        2 + draw(order_no, 'ship', 12) as ship_days,
        -- One order in eight is held up, some of them for weeks.
        if(draw(order_no, 'delay', 8) = 0, 3 + draw(order_no, 'held up', 28), 0) as delay_days,
        if(is_overseas, 18 + draw(order_no, 'voyage', 22), 1 + draw(order_no, 'road', 6)) as transit_days,
        draw(order_no, 'stuck', 1000) < 6 as is_stuck,
    from numbered
)

select
    order_no,
    customer_no,
    order_date,
    is_service,
    delay_days,
    order_date + confirm_days as confirmed_date,
    order_date + (confirm_days + 10 + transit_days + draw(order_no, 'slack', 5)) as promised_date,
    if(is_stuck, null, order_date + (confirm_days + ship_days + delay_days)) as shipped_date,
    if(is_stuck, null, order_date + (confirm_days + ship_days + delay_days + transit_days)) as delivered_date,
from paced
