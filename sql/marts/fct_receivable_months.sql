-- One row is one receivable item and one month end at which it is open, with its age and bucket by the set basis and bounds
-- (bucket 0: not due; then one for each bound; the last one beyond all). All month ends come from the same changes:
-- each item's balance after its last change of a month holds until its next change. Nothing open, no row.
with
-- The month a change falls in: after the closing day it is the next one.
monthly as (
    select
        item_id,
        (
            year(change_date) * 12 + month(change_date)
            + if($month_close_day between 1 and day(change_date) - 1, 1, 0)
        )::integer as month_no,
        sum(change_amount) as change_amount
    from marts.receivable_changes
    where change_date <= $as_of
    group by all
    -- What comes and goes within a month, as most payments do, is at no month end.
    having sum(change_amount) <> 0
),

balances as (
    select
        item_id,
        month_no as from_month_no,
        lead(month_no, 1, 999999) over item as to_month_no,
        sum(change_amount) over item as open_amount
    from monthly
    window item as (partition by item_id order by month_no rows unbounded preceding)
),

-- Fans out on purpose: a balance holds at every month end until it changes.
spread as (
    select
        item_id,
        open_amount,
        unnest(generate_series(
            from_month_no,
            least(to_month_no - 1, (select max(month_no) from marts.receivable_month_ends))
        )) as month_no
    from balances
    where open_amount <> 0
),

at_month_ends as (
    select
        ends.month_end,
        items.*,
        spread.open_amount,
        date_diff('day', if($aging_basis = 'due', items.due_date, items.document_date), ends.month_end)::integer as age_days
    from spread
    inner join marts.receivable_items as items on spread.item_id = items.item_id
    inner join marts.receivable_month_ends as ends on spread.month_no = ends.month_no
)

select
    month_end,
    item_id,
    item_type,
    document_id,
    customer_id,
    currency,
    sales_rep,
    region,
    document_date,
    due_date,
    open_amount::decimal(18, 4) as open_amount,
    case
        when currency = $base_currency then open_amount
        else round(open_amount::decimal(20, 4) * fx_rate, 4)
    end::decimal(18, 4) as base_open_amount,
    age_days,
    case
        when $aging_basis = 'due' and age_days <= 0 then 0
        else 1 + len(list_filter($aging_bounds::integer[], lambda bound: bound < age_days))
    end::integer as bucket_no
from at_month_ends
