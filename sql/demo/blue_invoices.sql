-- One row is an invoice for one shipped order (or a void one that was spoilt and issued again), before numbering.
-- One order in fifty is forgotten and never invoiced. Tax is rounded half up to the cent, once, on the document.
with issued as (
    select
        orders.order_no,
        orders.customer_no,
        orders.shipped_date + draw(orders.order_no, 'invoice days', 11) as invoice_date,
        order_amounts.net_cents,
        (order_amounts.net_cents * orders.tax_percent + 50) // 100 as tax_cents,
    from demo.orders
    inner join demo.order_amounts using (order_no)
    where
        orders.shipped_date is not null
        and order_amounts.net_cents > 0
        and draw(orders.order_no, 'forgotten', 100) >= 2
)

select
    order_no,
    customer_no,
    invoice_date,
    net_cents,
    tax_cents,
    is_void,
from issued
cross join (values (false), (true)) as copies (is_void)
where
    invoice_date <= $end_date
    and (not is_void or draw(order_no, 'void', 1000) < 4)
