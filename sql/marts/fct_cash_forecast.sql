-- One row is one day from which cash is forecast ($as_of and earlier month ends), one customer and currency and one week on:
-- what is expected to come in of what is open that day, by the customer's own habit of paying early or late, else that of all
-- customers (habit says which: own | all | none). week_no 1 to 13 (1 to 4 from earlier days), with its last day; 14 is later,
-- or never; 15: there is no habit to go by, so there is no forecast. Amounts are cut to cents so that all weeks add up to what is
-- open net of credits, to the cent. Invoices not yet issued are not in it.
with
chosen as (
    select
        items.origin_date,
        items.customer_id,
        items.currency,
        items.expected_amount::decimal(20, 4) as expected_amount,
        shares.week_no,
        coalesce(own.paid_share, shares.paid_share, 0) as paid_share,
        if(own.paid_share is null, coalesce(shares.paid_share_before, 0), own.paid_share_before) as paid_share_before,
        case when own.paid_share is not null then 'own' when shares.paid_share is not null then 'all' else 'none' end as habit,
        shares.week_no = if(origins.is_current, 13, 4) as is_last
    from marts.forecast_items as items
    inner join marts.forecast_origins as origins on items.origin_date = origins.origin_date
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

amounts as (
    select
        origin_date,
        customer_id,
        currency,
        habit,
        week_no,
        -- Said in each branch: a union of sums this wide would fall to cents, and lose what a document has beyond them.
        (round(expected_amount * paid_share, 2) - round(expected_amount * paid_share_before, 2))::decimal(20, 4)
            as forecast_amount
    from chosen
    union all
    select
        origin_date,
        customer_id,
        currency,
        habit,
        if(habit = 'none', 15, 14),
        (expected_amount - round(expected_amount * paid_share, 2))::decimal(20, 4)
    from chosen
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
