-- One row is one number of quarters since the first order: the pooled curve of fct_retention_curve, by quarter. Cohorts that
-- have not reached the quarter whole are in neither sum; the left-censored first cohort is left out.
select
    quarter_no,
    count(*) as cohort_count,
    sum(cohort_size)::bigint as cohort_size,
    sum(retained_count)::bigint as retained_count,
    (
        (2000000 * sum(retained_count)::hugeint + sum(cohort_size)::hugeint) // (2 * sum(cohort_size)::hugeint) * 0.000001
    )::decimal(9, 6) as retention_rate,
    max(cohort_quarter) as last_cohort_quarter
from marts.fct_cohort_quarters
where is_complete and not is_left_censored
group by quarter_no
