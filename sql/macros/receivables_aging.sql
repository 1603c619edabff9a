-- One row is one customer, currency and aging bucket that holds open items at the end of the day `as_of`: amount in the
-- document's currency, base_amount at the documents' own rates (empty where one is unknown), number of items.
-- basis 'due': age from the due date, up to 0 days is 'not due' (bucket 0). basis 'invoice': age from the document's own
-- date, nothing is not due, and age 0 is in the first bucket. Buckets are (lower, upper]; the last one has no end.
-- Credit notes and unapplied payments are negative and age from their own date on either basis.
create or replace macro receivables_aging(as_of, basis := 'due', bounds := [30, 60, 90, 180, 365]) as table
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
        items.customer_id,
        items.currency,
        items.fx_rate,
        balances.open_amount,
        date_diff('day', if(basis = 'due', items.due_date, items.document_date), as_of::date) as age_days
    from balances
    inner join marts.receivable_items as items on balances.item_id = items.item_id
),

placed as (
    select
        *,
        if(basis = 'due' and age_days <= 0, 0, 1 + len(list_filter(bounds, lambda bound: bound < age_days))) as bucket_no
    from aged
)

select
    customer_id,
    currency,
    bucket_no::integer as bucket_no,
    case
        when bucket_no = 0 then 'not due'
        when bucket_no > len(bounds) then '>' || bounds[-1]
        when bucket_no = 1 then if(basis = 'due', '1-', '0-') || bounds[1]
        else (bounds[bucket_no - 1] + 1) || '-' || bounds[bucket_no]
    end as bucket,
    sum(open_amount)::decimal(18, 4) as amount,
    if(count(fx_rate) = count(*), sum(round(open_amount * fx_rate, 4)), null)::decimal(18, 4) as base_amount,
    count(*) as item_count
from placed
group by all;
