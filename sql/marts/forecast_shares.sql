-- One row is one item of marts.forecast_items whose customer has a habit of paying, or (customer_id and expected_amount empty)
-- one currency and lateness of all customers together, and a number of weeks on: the share of it that comes in by then, by the
-- habit of paying at that lateness. A week's habit is spread evenly over its days. No row where nobody has paid yet, or all was
-- always paid by then: no habit to go by. Thirteen weeks on from $as_of, four from earlier days.
with
-- Short keys: what is laid beside the habits, week by week, is sorted by them.
accounts as (
    select
        origin_date,
        customer_id,
        currency,
        row_number() over () as account_no
    from (select distinct origin_date, customer_id, currency from marts.payment_habits) as habitual
),

asked as (
    select
        row_number() over () as item_no,
        accounts.account_no,
        given.*
    from (
        select
            origin_date,
            customer_id,
            currency,
            days_late,
            expected_amount
        from marts.forecast_items
        union all
        select distinct
            origin_date,
            '',
            currency,
            days_late,
            null
        from marts.forecast_items
    ) as given
    inner join accounts using (origin_date, customer_id, currency)
),

moments as (
    select
        asked.item_no,
        asked.account_no,
        weeks.week_no,
        asked.days_late + 7 * weeks.week_no as day_late,
        greatest(
            -13,
            least(26, floor((asked.days_late + 7 * weeks.week_no) / 7))  -- double: whole weeks, both ways
        )::integer as week_late
    from asked
    inner join marts.forecast_origins as origins on asked.origin_date = origins.origin_date
    -- Fans out on purpose: today (0) and every week on.
    inner join generate_series(0, 13) as weeks (week_no) on weeks.week_no <= if(origins.is_current, 13, 4)
),

habits as (
    select
        accounts.account_no,
        habits.week_late,
        habits.open_before,
        habits.open_after
    from marts.payment_habits as habits
    inner join accounts using (origin_date, customer_id, currency)
),

still_open as (
    select
        moments.item_no,
        moments.week_no,
        coalesce(
            if(
                habits.week_late = moments.week_late,
                habits.open_before
                + (habits.open_after - habits.open_before)
                * greatest(moments.day_late - 7 * moments.week_late + 1, 0) / 7,  -- double: a likelihood
                habits.open_after
            ),
            1
        ) as open_share
    from moments
    asof left join habits
        on moments.account_no = habits.account_no
        and moments.week_late >= habits.week_late
)

select
    asked.origin_date,
    asked.customer_id,
    asked.currency,
    asked.days_late,
    asked.expected_amount,
    later.week_no,
    (1 - later.open_share / today.open_share)::decimal(12, 10) as paid_share  -- double: a likelihood
from (from still_open where week_no > 0) as later
inner join (from still_open where week_no = 0 and open_share > 0.000001) as today on later.item_no = today.item_no
inner join asked on later.item_no = asked.item_no
