-- One row is one day from which cash is forecast: $as_of (is_current), and, to see how wrong such forecasts were, the last
-- six month ends of which the four weeks after have passed. month_no: the month that the day closes or is in.
with
month_ends as (
    select
        month_end as origin_date,
        month_no
    from marts.receivable_month_ends
    where month_end <= $as_of::date - 28
    order by month_end desc
    limit 6
)

select
    origin_date,
    month_no,
    false as is_current
from month_ends
union all
select
    $as_of::date,
    (
        year($as_of::date) * 12 + month($as_of::date)
        + if($month_close_day between 1 and day($as_of::date) - 1, 1, 0)
    )::integer,
    true
