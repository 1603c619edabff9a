-- One row is a cohort (month of a customer's first valid order) and a month since: how many of it ordered then.
-- Months that are not over yet are left out; the first month's cohort is left-censored.
with activity as (
    select distinct
        customer_no,
        date_trunc('month', order_date)::date as active_month,
    from demo.orders
    where is_valid
),

cohorts as (
    select
        customer_no,
        min(active_month) as cohort_month,
    from activity
    group by all
),

sizes as (
    select
        cohort_month,
        count(*) as cohort_size,
    from cohorts
    group by all
),

cells as (
    select
        sizes.cohort_month,
        sizes.cohort_size,
        unnest(range(date_diff('month', sizes.cohort_month, $end_date) + 1)) as month_no,
    from sizes
),

returned as (
    select
        cohorts.cohort_month,
        date_diff('month', cohorts.cohort_month, activity.active_month) as month_no,
        count(*) as retained_count,
    from activity
    inner join cohorts using (customer_no)
    group by all
)

select
    cells.cohort_month,
    cells.month_no,
    cells.cohort_size,
    coalesce(returned.retained_count, 0) as retained_count,
    cells.cohort_month = date_trunc('month', $begin_date) as is_left_censored,
from cells
left join returned
    on returned.cohort_month = cells.cohort_month
    and returned.month_no = cells.month_no
where last_day(cells.cohort_month + to_months(cells.month_no)) <= $end_date
order by cells.cohort_month, cells.month_no
