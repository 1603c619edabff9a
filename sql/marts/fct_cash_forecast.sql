-- One row is one day from which cash is forecast ($as_of and earlier month ends), one customer and currency and one week on:
-- what is expected to come in of what is open that day, by the customer's own habit of paying early or late, else that of all
-- customers (habit says which: own | all | none). week_no 1 to 13 (1 to 4 from earlier days), with its last day; 14 is later,
-- or never; 15: there is no habit to go by, so there is no forecast. Amounts are cut to cents so that all weeks add up to what is
-- open net of credits, to the cent. Invoices not yet issued are not in it.
with
chosen as (
    select
        origin_date,
        customer_id,
        currency,
        'own' as habit,
        week_no,
        expected_amount,
        paid_share
    from marts.forecast_shares
    where customer_id <> ''
    union all
    select
        items.origin_date,
        items.customer_id,
        items.currency,
        if(shares.week_no is null, 'none', 'all'),
        shares.week_no,
        items.expected_amount,
        shares.paid_share
    from marts.forecast_items as items
    -- Fans out to the weeks.
    left join (from marts.forecast_shares where customer_id = '') as shares
        on items.origin_date = shares.origin_date
        and items.currency = shares.currency
        and items.days_late = shares.days_late
    anti join (from marts.forecast_shares where customer_id <> '' and week_no = 1) as own
        on items.origin_date = own.origin_date
        and items.customer_id = own.customer_id
        and items.currency = own.currency
        and items.days_late = own.days_late
),

-- What comes in by the end of each week. Products of 38 digits round slowly, so small amounts are multiplied in whole units
-- (0.0001 of money, 0.0000000001 of a share), in two parts that stay in 64 bits.
paid as (
    select
        origin_date,
        customer_id,
        currency,
        habit,
        week_no,
        sum(expected_amount) as expected_amount,
        sum(
            case
                when expected_amount < 10000000 then (
                    (
                        expected_units // 1000000 * share_units + expected_units % 1000000 * share_units // 1000000 + 500000
                    ) // 1000000 * 0.01
                )::decimal(18, 4)
                else round(expected_amount::decimal(20, 4) * paid_share, 2)
            end::decimal(20, 4)
        ) as paid_amount
    from (
        select
            *,
            (least(expected_amount, 10000000) * 10000)::bigint as expected_units,
            round(paid_share::double * 10000000000)::bigint as share_units -- double: ten digits of a share are whole in it
        from chosen
    )
    group by all
),

amounts as (
    select
        origin_date,
        customer_id,
        currency,
        habit,
        week_no,
        paid_amount - lag(paid_amount, 1, 0) over (
            partition by origin_date, customer_id, currency, habit
            order by week_no
        ) as forecast_amount
    from paid
    where week_no is not null
    union all
    select
        paid.origin_date,
        paid.customer_id,
        paid.currency,
        paid.habit,
        if(paid.habit = 'none', 15, 14),
        paid.expected_amount - coalesce(paid.paid_amount, 0)
    from paid
    inner join marts.forecast_origins as origins on paid.origin_date = origins.origin_date
    where coalesce(paid.week_no = if(origins.is_current, 13, 4), true)
)

select
    origin_date,
    customer_id,
    currency,
    week_no::integer as week_no,
    if(week_no <= 13, origin_date + 7 * week_no::integer, null)::date as week_end,
    habit,
    forecast_amount::decimal(18, 4) as forecast_amount
from amounts
where forecast_amount <> 0
