-- One row is an order's place in its customer's rhythm: orders are shared out by size and time of life, exactly
-- $order_count of them, and each customer's stand at even distances with a jitter, in moments of business.
with weighed as (
    select
        customer_no,
        first_moment,
        end_moment - first_moment as life,
        (size::hugeint * (end_moment - first_moment)) as weight,
    from demo.customers
),

summed as (
    select
        customer_no,
        first_moment,
        life,
        weight,
        sum(weight) over (order by customer_no) as weight_to_here,
        sum(weight) over () as weight_in_all,
    from weighed
),

counted as (
    select
        customer_no,
        first_moment,
        life,
        (
            weight_to_here * $order_count // weight_in_all
            - (weight_to_here - weight) * $order_count // weight_in_all
        )::bigint as order_count,
    from summed
),

slots as (
    select
        customer_no,
        first_moment,
        life,
        order_count,
        unnest(range(order_count)) as slot_no,
    from counted
)

select
    slots.customer_no,
    slots.slot_no,
    moments.date as order_date,
from slots
inner join demo.moments
    on moments.moment = slots.first_moment
        + ((slots.slot_no * 1024 + draw(slots.customer_no * 8388608 + slots.slot_no, 'jitter', 1024)) * slots.life)
        // (slots.order_count * 1024)
