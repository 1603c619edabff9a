-- One row is an inquiry. By `origin`: 'first' led to the customer's first order, within the conversion window or after
-- it; 'earlier' came before that one and gets no credit; 'existing' asks again after having bought; 'prospect' is a
-- customer on file who never bought; 'stranger' left no more than a name.
with buyers as (
    select
        customers.customer_no,
        customers.first_moment > 0 as is_new,
        first_orders.first_order_no,
        first_orders.first_order_date,
        if(
            draw(customers.customer_no, 'quick', 100) < 72,
            2 + draw(customers.customer_no, 'lag', 58),
            60 + draw(customers.customer_no, 'lag', 90)
        ) as lag_days,
    from demo.customers
    inner join demo.first_orders using (customer_no)
),

inquiries as (
    select
        'first' as origin,
        customer_no as origin_no,
        customer_no,
        first_order_no as order_no,
        first_order_date - lag_days as created_date,
    from buyers
    where is_new and draw(customer_no, 'inquired', 100) < 66

    union all by name

    select
        'earlier' as origin,
        customer_no as origin_no,
        customer_no,
        first_order_date - lag_days - 20 - draw(customer_no, 'earlier', 70) as created_date,
    from buyers
    where is_new and draw(customer_no, 'inquired', 100) < 11

    union all by name

    select
        'existing' as origin,
        customer_no as origin_no,
        customer_no,
        first_order_date + 10 + draw(customer_no, 'again', 400) as created_date,
    from buyers
    where draw(customer_no, 'inquired again', 100) < 30

    union all by name

    select
        'prospect' as origin,
        customers.customer_no as origin_no,
        customers.customer_no,
        moments.date as created_date,
    from demo.customers
    inner join demo.moments on moments.moment = draw(customers.customer_no, 'inquiry', 32768)
    anti join demo.first_orders on first_orders.customer_no = customers.customer_no

    union all by name

    select
        'stranger' as origin,
        stranger_no as origin_no,
        moments.date as created_date,
    from range($customer_count * 3 // 2) as strangers (stranger_no)
    inner join demo.moments on moments.moment = draw(stranger_no, 'stranger', 32768)
)

select
    row_number() over (order by created_date, origin, origin_no) as lead_no,
    *,
from inquiries
where created_date between $begin_date and $end_date
