-- One row is one cohort (customers by the month of their first valid order of positive value, over all history) and
-- one month since (month_no 0 is the cohort's own), up to the month of $as_of. retained_count and retained_amount are the
-- cohort's customers with an order in that very month ("return on") and what they ordered, in base currency, before
-- returns; null while the month is not complete. The first cohort of the data is left-censored: some of its
-- customers bought before the exports begin.
with
firsts as (
    select
        customer_id,
        min(month_start) as cohort_month
    from marts.fct_customer_months
    group by customer_id
),

cohorts as (
    select
        cohort_month,
        count(*) as cohort_size
    from firsts
    group by cohort_month
),

activity as (
    select
        firsts.cohort_month,
        months.month_start,
        count(*) as retained_count,
        sum(months.base_net_amount)::decimal(18, 4) as retained_amount
    from marts.fct_customer_months as months
    inner join firsts on months.customer_id = firsts.customer_id
    group by all
),

cells as (
    select distinct
        cohorts.cohort_month,
        cohorts.cohort_size,
        dates.month_start,
        date_diff('month', cohorts.cohort_month, dates.month_start)::integer as month_no
    from cohorts
    -- Every month from the cohort's own to that of $as_of.
    inner join marts.dim_dates as dates
        on dates.month_start >= cohorts.cohort_month
        and dates.date <= $as_of
)

select
    cells.cohort_month,
    cells.month_no,
    cells.month_start,
    cells.cohort_size,
    case when last_day(cells.month_start) <= $as_of then coalesce(activity.retained_count, 0) end as retained_count,
    case
        when last_day(cells.month_start) <= $as_of then coalesce(activity.retained_amount, 0)
    end::decimal(18, 4) as retained_amount,
    last_day(cells.month_start) <= $as_of as is_complete,
    cells.cohort_month = min(cells.cohort_month) over () as is_left_censored
from cells
left join activity
    on cells.cohort_month = activity.cohort_month
    and cells.month_start = activity.month_start
