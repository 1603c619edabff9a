-- One row is one day from which cash is forecast, one currency, one customer (empty: all customers together), how late an item
-- is that day, and a number of weeks on: the share of it that comes in by then, by the habit of paying at that lateness. A week's
-- habit is spread evenly over its days. Empty where nobody has paid yet, or all was always paid by then: no habit to go by.
-- Thirteen weeks on from $as_of, four from earlier days.
with
asked as (
    select distinct
        origin_date,
        customer_id,
        currency,
        days_late
    from marts.forecast_items
    where (origin_date, customer_id, currency) in (
        -- Fewer than five payments are no habit.
        select (origin_date, customer_id, currency) from marts.payment_habits where item_count >= 5
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
        max(open_share) over (partition by origin_date, customer_id, currency, days_late) as open_share_now
    from still_open
)

select
    origin_date,
    customer_id,
    currency,
    days_late,
    week_no,
    case
        when (origin_date, customer_id, currency) not in (
            select (origin_date, customer_id, currency) from marts.payment_habits
        ) then null
        when open_share_now > 0.000001 then 1 - open_share / open_share_now
    end::decimal(12, 10) as paid_share
from since
where week_no > 0
