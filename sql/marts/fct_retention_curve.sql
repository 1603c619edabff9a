-- One row is a number of months since the first order: of the cohorts that have reached that month whole, how many customers
-- they began with and how many ordered again in that very month; pooled, so that large cohorts weigh more. Cohorts that
-- have not reached it are in neither sum. The left-censored first cohort is left out: its customers are older than the data.
-- retention_rate is half up at 6 decimals, on whole numbers, as decimal / decimal gives DOUBLE.
select
    month_no,
    count(*) as cohort_count,
    sum(cohort_size)::bigint as cohort_size,
    sum(retained_count)::bigint as retained_count,
    (
        (2000000 * sum(retained_count)::hugeint + sum(cohort_size)::hugeint) // (2 * sum(cohort_size)::hugeint) * 0.000001
    )::decimal(9, 6) as retention_rate,
    max(cohort_month) as last_cohort_month
from marts.fct_cohort_months
where is_complete and not is_left_censored
group by month_no
