-- One row is one customer who bought on two or more days up to $as_of: the time between those days (mean, median and
-- longest, in days), how long ago the last one is, and whether the customer has gone quiet against this own rhythm.
-- is_quiet: four or more buying days, revenue in the last 12 months, and silent for longer than 3.5 times the mean gap and
-- 30 days. With gaps that vary as if by chance, one customer in 33 is silent that long and still comes back (e^-3.5); 30
-- days keep weekly buyers from being called quiet over a holiday.
with
days as (
    select
        customer_id,
        order_date,
        lag(order_date) over (partition by customer_id order by order_date) as previous_date
    from marts.fct_orders
    where is_valid and has_value and customer_id is not null and order_date <= $as_of
    group by customer_id, order_date
),

gaps as (
    select
        customer_id,
        count(*) as buying_day_count,
        (
            date_diff('day', min(order_date), max(order_date)) * 10 + (count(*) - 1) // 2
        ) // (count(*) - 1) * 0.1 as mean_gap_days,
        median(date_diff('day', previous_date, order_date)) as median_gap_days,
        max(date_diff('day', previous_date, order_date)) as longest_gap_days,
        date_diff('day', min(order_date), max(order_date)) as span_days,
        date_diff('day', max(order_date), $as_of) as days_since_last
    from days
    group by customer_id
    having count(*) > 1
)

select
    gaps.customer_id,
    gaps.buying_day_count,
    gaps.mean_gap_days::decimal(9, 1) as mean_gap_days,
    gaps.median_gap_days::decimal(9, 1) as median_gap_days,
    gaps.longest_gap_days,
    gaps.days_since_last,
    gaps.buying_day_count >= 4
        and customers.trailing_revenue_amount > 0
        and gaps.days_since_last > 30
        and gaps.days_since_last * 2 * (gaps.buying_day_count - 1) > 7 * gaps.span_days as is_quiet
from gaps
inner join marts.dim_customers as customers on gaps.customer_id = customers.customer_id
