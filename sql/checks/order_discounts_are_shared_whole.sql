-- The shares of an order's own discount add up to that discount, to the last 0.0001. Orders that lost a line to quarantine
-- are left out: the share went with the line.
select
    order_id,
    max(order_discount_amount) as order_discount_amount,
    sum(order_discount_share_amount) as shared_amount
from staging.stg_orders
where order_id in (select order_id from staging.stg_orders where order_discount_amount <> 0)
and order_id not in (
    select split_part(document_key, ' / ', 1)
    from ops.quarantine
    where kind = 'orders' and status = 'open'
)
group by order_id
having max(order_discount_amount) filter (where order_discount_amount <> 0) <> sum(order_discount_share_amount)
