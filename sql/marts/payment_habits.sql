-- One row is one day from which cash is forecast, one currency, one customer (empty: all customers together) and one week of
-- lateness in which something was paid (0: on the due date or up to six days late; -13 holds all that is earlier; what is 26
-- weeks late or more is no habit): of what was still open when it came to that week, the share paid in it, by what was known
-- then. What is open that day counts too, for the weeks it has lived through: who does not pay at all must not look like one who
-- pays late. Payments of the two years before; cash alone, as credit notes and write-offs are no habit. open_before and
-- open_after: the share of an item not yet paid when the week begins and ends. item_count: how many payments the habit rests on;
-- customers with fewer than five have none of their own.
with
paid as (
    select
        items.customer_id,
        items.currency,
        (
            year(applications.effective_date) * 12 + month(applications.effective_date)
            + if($month_close_day between 1 and day(applications.effective_date) - 1, 1, 0)
        )::integer as month_no,
        greatest(
            -13,
            least(26, floor(date_diff('day', items.due_date, applications.effective_date) / 7))  -- double: whole weeks, both ways
        )::integer as week_late,
        sum(applications.applied_amount) as paid_amount,
        count(*) as item_count
    from marts.fct_payment_applications as applications
    inner join marts.fct_payments as payments
        on applications.payment_id = payments.payment_id
        and applications.payment_line_no = payments.payment_line_no
    inner join marts.receivable_items as items
        on applications.invoice_id = items.document_id
        and applications.instalment_no is not distinct from items.line_no
        and items.item_type in ('invoice', 'instalment')
    where payments.kind = 'payment' and applications.applied_amount > 0 and applications.effective_date <= $as_of
    group by all
),

known as (
    select
        origins.origin_date,
        paid.customer_id,
        paid.currency,
        paid.week_late,
        paid.paid_amount,
        paid.item_count,
        0 as open_amount
    from paid
    -- Fans out on purpose: what was paid in a month is known at every later origin.
    inner join marts.forecast_origins as origins
        on paid.month_no between origins.month_no - 23 and origins.month_no
    union all
    select
        origin_date,
        customer_id,
        currency,
        greatest(-13, least(26, floor(days_late / 7)))::integer,  -- double: whole weeks, both ways
        0,
        0,
        expected_amount
    from marts.forecast_items
),

weeks as (
    select
        origin_date,
        coalesce(customer_id, '') as customer_id,
        currency,
        week_late,
        sum(paid_amount) as paid_amount,
        sum(item_count) as item_count,
        sum(open_amount) as open_amount
    from known
    group by grouping sets (
        (origin_date, customer_id, currency, week_late),
        (origin_date, currency, week_late)
    )
),

-- Fewer than five payments are no habit.
habitual as (
    select
        origin_date,
        customer_id,
        currency,
        sum(item_count) as item_count
    from weeks
    group by all
    having customer_id = '' or sum(item_count) >= 5
),

risks as (
    select
        *,
        -- Paid in that week or later, or open still and older than that week.
        (sum(paid_amount + open_amount) over onward - open_amount)::decimal(18, 4) as at_risk_amount
    from (
        select
            weeks.* exclude (item_count),
            habitual.item_count
        from weeks
        inner join habitual using (origin_date, customer_id, currency)
    )
    window onward as (
        partition by origin_date, customer_id, currency
        order by week_late desc
    )
),

habits as (
    select
        *,
        product(1 - paid_amount / at_risk_amount) over (  -- double: a likelihood
            partition by origin_date, customer_id, currency
            order by week_late
        ) as open_after
    from risks
    where paid_amount > 0 and week_late < 26
)

select
    origin_date,
    customer_id,
    currency,
    week_late,
    paid_amount::decimal(18, 4) as paid_amount,
    at_risk_amount,
    lag(open_after, 1, 1) over (partition by origin_date, customer_id, currency order by week_late) as open_before,
    open_after,
    item_count::bigint as item_count
from habits
