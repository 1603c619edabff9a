-- The cohorts' sizes add up to all customers who ever bought, and each cohort's own month retains it whole.
with
cohorts as (
    select
        sum(cohort_size) as customer_count,
        count(*) filter (where retained_count <> cohort_size) as broken_count
    from marts.fct_cohort_months
    where month_no = 0
),

buyers as (
    select count(distinct customer_id) as customer_count
    from marts.fct_orders
    where is_valid and has_value and order_date <= $as_of
)

select
    cohorts.customer_count as cohort_customer_count,
    buyers.customer_count as buyer_count,
    cohorts.broken_count
from cohorts
cross join buyers
where coalesce(cohorts.customer_count, 0) <> buyers.customer_count or cohorts.broken_count > 0
