-- One row is one cohort of the year before the month under review: its size and, from month 1 on, who came back.
-- A month that was not complete by then is null.
select
    cohort_month as month,
    any_value(cohort_size) as size,
    bool_or(is_left_censored) as is_left_censored,
    list(if(is_complete and month_start <= $start, retained_count, null) order by month_no) filter (where month_no >= 1) as retained,
from marts.fct_cohort_months
where cohort_month between $start::date - interval 12 month and $start
group by cohort_month
order by cohort_month
