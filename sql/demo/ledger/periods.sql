-- One row is a month, quarter or year with what was sold in it, in base currency before tax, and who bought.
-- Drafts and cancelled orders are left out (cancelled ones stand in their own column); returns count on their own day.
with grains as (
    select unnest(['month', 'quarter', 'year']) as grain
),

order_values as (
    select
        orders.order_date,
        orders.order_no,
        orders.customer_no,
        orders.is_valid,
        orders.status,
        amounts.net_cents,
        amounts.gross_cents * orders.rate_hundredths as base_gross,
        amounts.discount_cents * orders.rate_hundredths as base_discount,
        amounts.net_cents * orders.rate_hundredths as base_net,
    from demo.orders
    inner join demo.order_amounts as amounts using (order_no)
),

sold as (
    select
        grains.grain,
        date_trunc(grains.grain, order_date)::date as period_start,
        sum(base_gross) filter (is_valid) as base_gross,
        sum(base_discount) filter (is_valid) as base_discount,
        sum(base_net) filter (is_valid) as base_net,
        sum(base_net) filter (status = 'cancelled') as base_cancelled,
        count(*) filter (status = 'cancelled') as cancelled_orders,
        count(*) filter (is_valid and net_cents > 0) as orders,
        count(*) filter (is_valid and net_cents = 0) as zero_value_orders,
        count(distinct customer_no) filter (is_valid) as buying_customers,
    from order_values
    cross join grains
    group by all
),

taken_back as (
    select
        grains.grain,
        date_trunc(grains.grain, returns.return_date)::date as period_start,
        sum(returns.amount_cents * 100) as base_returned,
    from demo.returns
    cross join grains
    group by all
)

select
    grain,
    period_start,
    base_money(coalesce(sold.base_gross, 0)) as gross_revenue,
    base_money(coalesce(sold.base_discount, 0)) as discounts,
    base_money(coalesce(taken_back.base_returned, 0)) as returned_amount,
    base_money(coalesce(sold.base_net, 0) - coalesce(taken_back.base_returned, 0)) as revenue,
    base_money(coalesce(sold.base_cancelled, 0)) as cancelled_amount,
    coalesce(sold.cancelled_orders, 0) as cancelled_orders,
    coalesce(sold.orders, 0) as orders,
    coalesce(sold.zero_value_orders, 0) as zero_value_orders,
    coalesce(sold.buying_customers, 0) as buying_customers,
from sold
full join taken_back using (grain, period_start)
order by grain, period_start
