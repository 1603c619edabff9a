-- One row is one receivable item and one month end at which it is open, with its age and bucket by the set basis and bounds
-- (bucket 0: not due; then one for each bound; the last one beyond all). All month ends come from the same changes:
-- each item's balance after its last change of a month holds until its next change. Nothing open, no row.
with
monthly as (
    select
        changes.item_id,
        ends.month_end,
        sum(changes.change_amount) as change_amount
    from marts.receivable_changes as changes
    inner join marts.receivable_month_ends as ends
        on changes.change_date <= ends.month_end
        and changes.change_date > coalesce(ends.previous_month_end, date '0001-01-01')
    group by all
),

balances as (
    select
        item_id,
        month_end as from_month_end,
        lead(month_end, 1, date '9999-12-31') over item as to_month_end,
        sum(change_amount) over item as open_amount
    from monthly
    window item as (partition by item_id order by month_end rows unbounded preceding)
),

at_month_ends as (
    select
        ends.month_end,
        items.*,
        balances.open_amount,
        date_diff('day', if($aging_basis = 'due', items.due_date, items.document_date), ends.month_end)::integer as age_days
    from balances
    inner join marts.receivable_items as items on balances.item_id = items.item_id
    -- Fans out on purpose: a balance holds at every month end until it changes.
    inner join marts.receivable_month_ends as ends
        on ends.month_end >= balances.from_month_end
        and ends.month_end < balances.to_month_end
    where balances.open_amount <> 0
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
    round(open_amount * fx_rate, 4)::decimal(18, 4) as base_open_amount,
    age_days,
    case
        when $aging_basis = 'due' and age_days <= 0 then 0
        else 1 + len(list_filter($aging_bounds::integer[], lambda bound: bound < age_days))
    end::integer as bucket_no
from at_month_ends
