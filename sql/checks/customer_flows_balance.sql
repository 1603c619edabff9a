-- The buying customers that the flows arrive at are those with an order in the last $lapsed_days days, counted on their own;
-- and each month opens with what the month before closed with.
with
flows as (
    select
        *,
        lag(closing_count, 1, 0) over (order by month_start) as previous_closing_count,
        lead(month_start) over (order by month_start) is null as is_last
    from marts.fct_customer_flows
),

counted as (
    select count(distinct customer_id) as customer_count
    from marts.fct_orders
    where is_valid and has_value and order_date <= $as_of and date_diff('day', order_date, $as_of) <= $lapsed_days
)

select
    flows.month_start,
    flows.opening_count,
    flows.previous_closing_count,
    flows.closing_count,
    counted.customer_count
from flows
cross join counted
where flows.opening_count <> flows.previous_closing_count
or flows.opening_count + flows.new_count + flows.reactivated_count - flows.lapsed_count <> flows.closing_count
or (flows.is_last and flows.closing_count <> counted.customer_count)
