-- One row is one item open at the end of the day `as_of`, with its age and bucket; credit notes and unapplied payments age from
-- their own date. What is open, and its amounts: sql/macros/open_receivable_items.sql.
-- basis 'due' (or 'due_date'): age from the due date, up to 0 days is 'not due' (bucket 0). basis 'invoice' (or 'invoice_date'):
-- age from the document's own date, nothing is not due, and age 0 is in the first bucket. Any other word fails. Buckets are
-- (lower, upper]; the last one has no end.
create or replace macro receivable_items_aged(as_of, basis, bounds) as table
with
aged as (
    select
        *,
        aging_age_days(as_of, basis, due_date, document_date) as age_days
    from open_receivable_items(as_of)
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
