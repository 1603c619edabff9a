-- One row is one customer, sales rep, region, currency and aging bucket: what is open in it at the end of the day `as_of`
-- (amount) beside what would be if every guess were wrong, that is, if cash that names no invoice had stayed unapplied
-- (named_amount). Over the buckets of a customer and currency both come to the same: guesses move debt between buckets,
-- never its sum. moved_amount is the difference; it is below zero where unapplied cash would stand. Only guesses are taken
-- off: a named payment that found its invoice settled by one stays unapplied. Buckets and signs as in the aging.
create or replace macro receivables_without_guesses(as_of, basis := 'due', bounds := [30, 60, 90, 180, 365]) as table
with
balances as (
    select
        item_id,
        sum(change_amount)::decimal(18, 4) as open_amount,
        sum(change_amount - guessed_amount)::decimal(18, 4) as named_open_amount
    from marts.receivable_changes
    where change_date <= as_of::date
    group by item_id
    having sum(change_amount) <> 0 or sum(guessed_amount) <> 0
),

aged as (
    select
        items.customer_id,
        items.sales_rep,
        items.region,
        items.currency,
        balances.open_amount,
        balances.named_open_amount,
        aging_age_days(as_of, basis, items.due_date, items.document_date) as age_days,
        aging_bucket_no(basis, bounds, age_days) as bucket_no
    from balances
    inner join marts.receivable_items as items on balances.item_id = items.item_id
)

select
    customer_id,
    sales_rep,
    region,
    currency,
    bucket_no,
    sum(open_amount)::decimal(18, 4) as amount,
    sum(named_open_amount)::decimal(18, 4) as named_amount,
    sum(named_open_amount - open_amount)::decimal(18, 4) as moved_amount
from aged
group by all;
