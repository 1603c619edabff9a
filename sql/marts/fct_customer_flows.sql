-- One row is one calendar month from the first order on, up to that of $as_of: how many customers were buying ones (a valid
-- order of positive value in the last $lapsed_days days) at its start and end, and who came and went between.
-- opening + new + reactivated - lapsed = closing. A customer lapses on the day after $lapsed_days days without an order and
-- is reactivated by the next one; who lapses and comes back within a month counts in both. The month of $as_of, when it is
-- not over, tells what has happened so far (is_complete false).
with
days as (
    select distinct
        customer_id,
        order_date
    from marts.fct_orders
    where is_valid and has_value and customer_id is not null and order_date <= $as_of
),

gaps as (
    select
        customer_id,
        order_date,
        lag(order_date) over by_customer as previous_order_date,
        lead(order_date) over by_customer as next_order_date
    from days
    window by_customer as (partition by customer_id order by order_date)
),

events as (
    select
        date_trunc('month', order_date)::date as month_start,
        case when previous_order_date is null then 1 else 0 end as new_count,
        case when date_diff('day', previous_order_date, order_date) > $lapsed_days then 1 else 0 end as reactivated_count,
        0 as lapsed_count
    from gaps
    union all
    select
        date_trunc('month', order_date + $lapsed_days + 1)::date,
        0,
        0,
        1
    from gaps
    where order_date + $lapsed_days + 1 <= least(coalesce(next_order_date, $as_of), $as_of)
),

months as (
    select
        month_start,
        max(date) <= $as_of as is_complete
    from marts.dim_dates
    where month_start between (select min(month_start) from events) and date_trunc('month', $as_of)
    group by month_start
),

counted as (
    select
        months.month_start,
        months.is_complete,
        coalesce(sum(events.new_count), 0)::bigint as new_count,
        coalesce(sum(events.reactivated_count), 0)::bigint as reactivated_count,
        coalesce(sum(events.lapsed_count), 0)::bigint as lapsed_count
    from months
    left join events on months.month_start = events.month_start
    group by all
)

select
    month_start,
    (sum(new_count + reactivated_count - lapsed_count) over to_date - new_count - reactivated_count + lapsed_count)::bigint
        as opening_count,
    new_count,
    reactivated_count,
    lapsed_count,
    (sum(new_count + reactivated_count - lapsed_count) over to_date)::bigint as closing_count,
    is_complete
from counted
window to_date as (
    order by month_start
    rows unbounded preceding
)
