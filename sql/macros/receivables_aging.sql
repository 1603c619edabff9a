-- One row is one customer, currency and aging bucket that holds open items at the end of the day `as_of`: their sum in the
-- document's currency (amount) and in the base currency (base_amount, empty where a rate is unknown), and their number.
-- Buckets and signs: sql/macros/receivable_items_aged.sql. Buckets without items have no row.
create or replace macro receivables_aging(as_of, basis := 'due', bounds := [30, 60, 90, 180, 365]) as table
select
    customer_id,
    currency,
    bucket_no,
    bucket,
    sum(open_amount)::decimal(18, 4) as amount,
    if(count(base_open_amount) = count(*), sum(base_open_amount), null)::decimal(18, 4) as base_amount,
    count(*) as item_count
from receivable_items_aged(as_of, basis, bounds)
group by all;
