-- One row is one regular customer that has gone quiet: at least four orders, the last one longer ago than 3.5 times the
-- usual interval and 30 days, and something bought in the last 12 months.
with
regulars as (
    select
        customer_id,
        customer_name,
        trailing_revenue_amount,
        date_diff('day', last_order_date, $as_of::date) as days_since,
        date_diff('day', first_order_date, last_order_date)::decimal(18, 4) / (order_count - 1) as usual_days,
    from marts.dim_customers
    where order_count >= 4 and trailing_revenue_amount > 0
)

select
    customer_id,
    coalesce(customer_name, '') as customer_name,
    trailing_revenue_amount,
    days_since,
    usual_days::decimal(18, 1) as usual_days,
from regulars
where days_since > 3.5 * usual_days
    and days_since > 30
order by trailing_revenue_amount desc, customer_id
