-- One row is one customer with a valid order of positive value up to $as_of: days since the last order, orders and revenue
-- (net of returns, base currency) of the last 12 months, each scored 1 to 5 by the share of customers that are worse; equal
-- values score equal (rank, never tiles). Concentration: revenue_share and the class A (the first 80 % of revenue, the
-- customer that crosses it included), B (up to 95 %), C (the rest). Without revenue at all shares are null, the class C.
with
bought as (
    select
        customer_id,
        count(*) as order_count
    from marts.fct_orders
    where is_valid and has_value and order_date <= $as_of and order_date > $as_of - interval 12 month
    group by customer_id
),

customers as (
    select
        customers.customer_id,
        date_diff('day', customers.last_order_date, $as_of) as recency_days,
        coalesce(bought.order_count, 0) as trailing_order_count,
        customers.trailing_revenue_amount,
        greatest(customers.trailing_revenue_amount, 0) as positive_amount
    from marts.dim_customers as customers
    left join bought on customers.customer_id = bought.customer_id
    where customers.order_count > 0
),

placed as (
    select
        *,
        count(*) over () as customer_count,
        rank() over (order by recency_days desc) - 1 as less_recent_count,
        rank() over (order by trailing_order_count) - 1 as less_frequent_count,
        rank() over (order by trailing_revenue_amount) - 1 as less_valuable_count,
        rank() over (order by trailing_revenue_amount desc) as revenue_rank,
        sum(positive_amount) over () as total_amount,
        sum(positive_amount) over (order by trailing_revenue_amount desc, customer_id rows unbounded preceding)
            - positive_amount as amount_before
    from customers
)

select
    customer_id,
    recency_days,
    trailing_order_count,
    trailing_revenue_amount,
    (1 + less_recent_count * 5 // customer_count)::integer as recency_score,
    (1 + less_frequent_count * 5 // customer_count)::integer as frequency_score,
    (1 + less_valuable_count * 5 // customer_count)::integer as monetary_score,
    revenue_rank,
    (
        (2000000 * (positive_amount::decimal(38, 4) * 10000)::hugeint + (total_amount * 10000)::hugeint)
        // (2 * nullif((total_amount * 10000)::hugeint, 0)) * 0.000001
    )::decimal(9, 6) as revenue_share,
    case
        when positive_amount > 0 and amount_before * 100 < total_amount * 80 then 'A'
        when positive_amount > 0 and amount_before * 100 < total_amount * 95 then 'B'
        else 'C'
    end as abc_class
from placed
