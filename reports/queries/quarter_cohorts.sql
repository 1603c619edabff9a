-- One row is one cohort of the last two years by quarter: its size and, from quarter 1 on, who came back. A quarter that was
-- not complete by then is null.
select
    cohort_quarter as month,
    any_value(cohort_size) as size,
    bool_or(is_left_censored) as is_left_censored,
    list(if(is_complete and quarter_start <= $start, retained_count, null) order by quarter_no)
        filter (where quarter_no >= 1) as retained,
from marts.fct_cohort_quarters
where cohort_quarter between date_trunc('quarter', $start::date) - interval 24 month and $start
group by cohort_quarter
order by cohort_quarter
