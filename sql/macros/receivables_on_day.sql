-- One row is one customer, currency, sales rep and region with open items at the end of the day `day`, as in
-- marts.fct_receivable_balances, which holds month ends and the as-of date alone. Recomputed from every item's changes.
create or replace macro receivables_on_day(day) as table
select
    day::date as balance_date,
    customer_id,
    currency,
    sales_rep,
    region,
    sum(open_amount)::decimal(18, 4) as open_amount,
    sum(base_open_amount)::decimal(18, 4) as base_open_amount,
    coalesce(sum(open_amount) filter (where due_date < day::date), 0)::decimal(18, 4) as overdue_amount,
    coalesce(sum(base_open_amount) filter (where due_date < day::date), 0)::decimal(18, 4) as base_overdue_amount,
    count(*) as item_count
from open_receivable_items(day)
group by all;
