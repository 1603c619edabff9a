-- One row is one of the ledger's days, a currency, a basis and an aging bucket: what customers owe, what stands in
-- their favour being negative. Bucket 0 is not due (on the due-date basis); bounds are 30, 60, 90, 180, 365 days.
with aged as (
    select
        as_of,
        currency,
        open_cents,
        unnest(['due', 'invoice']) as basis,
        unnest([age_days, invoice_age_days]) as age,
    from demo.open_items
)

select
    as_of,
    basis,
    currency,
    case
        when age <= 0 and basis = 'due' then 0
        when age <= 30 then 1
        when age <= 60 then 2
        when age <= 90 then 3
        when age <= 180 then 4
        when age <= 365 then 5
        else 6
    end as bucket_no,
    money(sum(open_cents)) as amount,
    count(*) as item_count,
from aged
group by all
order by as_of, basis, currency, bucket_no
