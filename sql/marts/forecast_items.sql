-- One row is one day from which cash is forecast, one customer, currency and due date: what was open and still to come in by
-- what was known then. Credit notes and unapplied cash of the customer are set against what fell due first: no cash comes for
-- that part. Fully covered due dates have no row.
with
items as (
    select
        month_end as origin_date,
        customer_id,
        currency,
        due_date,
        open_amount
    from marts.fct_receivable_months
    where month_end in (select origin_date from marts.forecast_origins where not is_current)
    union all
    select
        $as_of::date,
        customer_id,
        currency,
        due_date,
        open_amount
    from marts.fct_receivables
    where is_open
),

owed as (
    select
        origin_date,
        customer_id,
        currency,
        due_date,
        coalesce(sum(open_amount) filter (where open_amount > 0), 0) as owed_amount,
        coalesce(-sum(open_amount) filter (where open_amount < 0), 0) as credit_amount
    from items
    group by all
),

covered as (
    select
        *,
        sum(owed_amount) over (
            partition by origin_date, customer_id, currency
            order by due_date
        ) as owed_to_date,
        sum(credit_amount) over (partition by origin_date, customer_id, currency) as all_credits
    from owed
)

select
    origin_date,
    customer_id,
    currency,
    due_date,
    date_diff('day', due_date, origin_date)::integer as days_late,
    greatest(least(owed_amount, owed_to_date - all_credits), 0)::decimal(18, 4) as expected_amount
from covered
where owed_amount > 0 and owed_to_date > all_credits
