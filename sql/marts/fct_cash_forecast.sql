-- One row is one day from which cash is forecast ($as_of and earlier month ends), one customer and currency and one week on:
-- what is expected to come in of what is open that day, by the customer's own habit of paying early or late, else that of all
-- customers (habit says which: own | all | none). week_no 1 to 13 (1 to 4 from earlier days), with its last day; 14 is later,
-- or never; 15: there is no habit to go by, so there is no forecast. Amounts are cut to cents so that all weeks add up to what is
-- open net of credits, to the cent. Invoices not yet issued are not in it.
with
chosen as (
    select
        items.*,
        shares.week_no,
        coalesce(own.paid_share, shares.paid_share, 0) as paid_share,
        case when own.paid_share is not null then 'own' when shares.paid_share is not null then 'all' else 'none' end as habit
    from marts.forecast_items as items
    -- Fans out to the weeks.
    inner join marts.forecast_shares as shares
        on items.origin_date = shares.origin_date
        and items.currency = shares.currency
        and items.days_late = shares.days_late
        and shares.customer_id = ''
    left join marts.forecast_shares as own
        on items.origin_date = own.origin_date
        and items.customer_id = own.customer_id
        and items.currency = own.currency
        and items.days_late = own.days_late
        and shares.week_no = own.week_no
),

reached as (
    select
        *,
        round(expected_amount::decimal(20, 4) * paid_share, 2)::decimal(18, 4) as reached_amount
    from chosen
),

weeks as (
    select
        origin_date,
        customer_id,
        currency,
        habit,
        week_no,
        reached_amount - lag(reached_amount, 1, 0) over item as forecast_amount,
        expected_amount - reached_amount as rest_amount,
        week_no = max(week_no) over item as is_last
    from reached
    window item as (partition by origin_date, customer_id, currency, due_date order by week_no
        rows between unbounded preceding and unbounded following)
),

amounts as (
    select * exclude (rest_amount, is_last) from weeks
    union all
    select
        origin_date,
        customer_id,
        currency,
        habit,
        if(habit = 'none', 15, 14),
        rest_amount
    from weeks
    where is_last
)

select
    origin_date,
    customer_id,
    currency,
    week_no::integer as week_no,
    if(week_no <= 13, origin_date + 7 * week_no::integer, null)::date as week_end,
    habit,
    sum(forecast_amount)::decimal(18, 4) as forecast_amount
from amounts
group by all
having sum(forecast_amount) <> 0
