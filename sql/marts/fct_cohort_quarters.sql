-- One row is one cohort (customers by the calendar quarter of their first valid order of positive value, over all history)
-- and one quarter since (quarter_no 0 is the cohort's own), up to the quarter of $as_of. Otherwise as fct_cohort_months:
-- retained_count and retained_amount (base currency, before returns) are of that very quarter, null while it is not over;
-- the first cohort of the data is left-censored.
with
quarters as (
    select
        customer_id,
        date_trunc('quarter', month_start)::date as quarter_start,
        sum(base_net_amount) as base_net_amount
    from marts.fct_customer_months
    group by all
),

firsts as (
    select
        customer_id,
        min(quarter_start) as cohort_quarter
    from quarters
    group by customer_id
),

cohorts as (
    select
        cohort_quarter,
        count(*) as cohort_size
    from firsts
    group by cohort_quarter
),

activity as (
    select
        firsts.cohort_quarter,
        quarters.quarter_start,
        count(*) as retained_count,
        sum(quarters.base_net_amount)::decimal(18, 4) as retained_amount
    from quarters
    inner join firsts on quarters.customer_id = firsts.customer_id
    group by all
),

cells as (
    select
        cohorts.cohort_quarter,
        cohorts.cohort_size,
        dates.quarter_start,
        date_diff('quarter', cohorts.cohort_quarter, dates.quarter_start)::integer as quarter_no,
        dates.last_day <= $as_of as is_complete
    from cohorts
    -- Every quarter from the cohort's own to that of $as_of.
    inner join (select quarter_start, max(date) as last_day from marts.dim_dates group by quarter_start) as dates
        on dates.quarter_start between cohorts.cohort_quarter and $as_of
)

select
    cells.cohort_quarter,
    cells.quarter_no,
    cells.quarter_start,
    cells.cohort_size,
    case when cells.is_complete then coalesce(activity.retained_count, 0) end as retained_count,
    case when cells.is_complete then coalesce(activity.retained_amount, 0) end::decimal(18, 4) as retained_amount,
    cells.is_complete,
    cells.cohort_quarter = min(cells.cohort_quarter) over () as is_left_censored
from cells
left join activity
    on cells.cohort_quarter = activity.cohort_quarter
    and cells.quarter_start = activity.quarter_start
