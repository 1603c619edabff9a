-- One row is one item open at the end of the day `as_of`, with its age and bucket; credit notes and unapplied payments are
-- negative and age from their own date. Recomputed from every item's changes, so any day can be asked for.
-- basis 'due' (or 'due_date'): age from the due date, up to 0 days is 'not due' (bucket 0). basis 'invoice' (or 'invoice_date'):
-- age from the document's own date, nothing is not due, and age 0 is in the first bucket. Any other word fails. Buckets are
-- (lower, upper]; the last one has no end.
-- base_open_amount is at the document's own exchange rate, empty where that is unknown.
create or replace macro receivable_items_aged(as_of, basis, bounds) as table
with
balances as (
    select
        item_id,
        sum(change_amount)::decimal(18, 4) as open_amount
    from marts.receivable_changes
    where change_date <= as_of::date
    group by item_id
    having sum(change_amount) <> 0
),

aged as (
    select
        items.*,
        balances.open_amount,
        round(balances.open_amount::decimal(20, 4) * items.fx_rate, 4)::decimal(18, 4) as base_open_amount,
        aging_age_days(as_of, basis, items.due_date, items.document_date) as age_days
    from balances
    inner join marts.receivable_items as items on balances.item_id = items.item_id
),

placed as (
    select
        *,
        aging_bucket_no(basis, bounds, age_days) as bucket_no
    from aged
)

select
    *,
    case
        when bucket_no = 0 then 'not due'
        when bucket_no > len(bounds) then '>' || bounds[-1]
        when bucket_no = 1 then if(starts_with(basis, 'due'), '1-', '0-') || bounds[1]
        else (bounds[bucket_no - 1] + 1) || '-' || bounds[bucket_no]
    end as bucket
from placed;
