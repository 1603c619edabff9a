-- One row is one day from which cash is forecast, one currency, one customer (empty: all customers together), how late an item
-- is that day, and a number of weeks on: the share of it that comes in by then, and by the week before, by the habit of paying at
-- that lateness. A week's habit is spread evenly over its days. Empty where nobody has paid yet, or all was always paid by then:
-- no habit to go by. Thirteen weeks on from $as_of, four from earlier days.
with
asked as (
    select distinct
        origin_date,
        customer_id,
        currency,
        days_late
    from marts.forecast_items
    where (origin_date, customer_id, currency) in (
        select (origin_date, customer_id, currency) from marts.payment_habits
    )
    union all
    select distinct
        origin_date,
        '',
        currency,
        days_late
    from marts.forecast_items
),

moments as (
    select
        asked.*,
        weeks.week_no,
        asked.days_late + 7 * weeks.week_no as day_late,
        greatest(-13, least(26, floor((asked.days_late + 7 * weeks.week_no) / 7)))::integer as week_late
    from asked
    inner join marts.forecast_origins as origins on asked.origin_date = origins.origin_date
    -- Fans out on purpose: today (0) and every week on.
    inner join generate_series(0, 13) as weeks (week_no) on weeks.week_no <= if(origins.is_current, 13, 4)
),

still_open as (
    select
        moments.* exclude (week_late, day_late),
        coalesce(
            if(
                habits.week_late = moments.week_late,
                habits.open_before
                + (habits.open_after - habits.open_before) * greatest(moments.day_late - 7 * moments.week_late + 1, 0) / 7,
                habits.open_after
            ),
            1
        ) as open_share
    from moments
    asof left join marts.payment_habits as habits
        on moments.origin_date = habits.origin_date
        and moments.customer_id = habits.customer_id
        and moments.currency = habits.currency
        and moments.week_late >= habits.week_late
),

since as (
    select
        *,
        first_value(open_share) over item as open_share_now,
        lag(open_share) over item as open_share_before,
        (origin_date, customer_id, currency) in (
            select (origin_date, customer_id, currency) from marts.payment_habits
        ) as has_habit
    from still_open
    window item as (
        partition by origin_date, customer_id, currency, days_late
        order by week_no
    )
)

select
    origin_date,
    customer_id,
    currency,
    days_late,
    week_no,
    if(has_habit and open_share_now > 0.000001, 1 - open_share / open_share_now, null)::decimal(12, 10) as paid_share,
    if(has_habit and open_share_now > 0.000001, 1 - open_share_before / open_share_now, null)::decimal(12, 10)
        as paid_share_before
from since
where week_no > 0
