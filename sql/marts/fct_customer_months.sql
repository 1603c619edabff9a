-- One row is one customer and calendar month with activity: a valid order of positive value dated up to $as_of.
-- Cancelled orders, drafts and pure returns are no activity; orders without a customer are left out.
-- base_net_amount is the month's orders, before returns; kept_amount the part of it that last month had too. A customer is
-- new in the month of the first order over all history, reactivated when the order before the month's first one is more
-- than $lapsed_days days older, else returning.
with
months as (
    select
        customer_id,
        date_trunc('month', order_date)::date as month_start,
        min(order_date) as first_order_date,
        max(order_date) as last_order_date,
        count(*) as order_count,
        sum(base_net_amount)::decimal(18, 4) as base_net_amount
    from marts.fct_orders
    where is_valid and has_value and customer_id is not null and order_date <= $as_of
    group by all
),

histories as (
    select
        *,
        lag(last_order_date) over by_customer as previous_order_date,
        lag(month_start) over by_customer as previous_month_start,
        lag(base_net_amount) over by_customer as previous_net_amount
    from months
    window by_customer as (partition by customer_id order by month_start)
)

select
    customer_id,
    month_start,
    first_order_date,
    last_order_date,
    order_count,
    base_net_amount,
    (month_start + interval 1 month)::date as next_month_start,
    previous_order_date,
    coalesce(previous_month_start = month_start - interval 1 month, false) as is_active_last_month,
    case
        when previous_month_start = month_start - interval 1 month then least(base_net_amount, previous_net_amount)
        else 0
    end::decimal(18, 4) as kept_amount,
    previous_order_date is null as is_new,
    previous_order_date is not null
        and date_diff('day', previous_order_date, first_order_date) <= $lapsed_days as is_returning,
    previous_order_date is not null
        and date_diff('day', previous_order_date, first_order_date) > $lapsed_days as is_reactivated
from histories
