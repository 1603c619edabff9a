-- One row is one customer, currency, sales rep and region with open items at a month end (natural, and by the closing day
-- where one is set), or at $as_of where that is none: what is open, and of it what is past due, in the document's and in base
-- currency. Credits and unapplied payments count below zero and are past due after their own date, as in the aging. Nothing
-- open, no row. On any other day: the macro receivables_on_day.
with
items as (
    select
        month_end as balance_date,
        customer_id,
        currency,
        sales_rep,
        region,
        due_date,
        open_amount,
        base_open_amount
    from marts.fct_receivable_months
    union all
    select
        month_end,
        customer_id,
        currency,
        sales_rep,
        region,
        due_date,
        open_amount,
        base_open_amount
    from marts.receivable_natural_months
    union all
    select
        $as_of,
        customer_id,
        currency,
        sales_rep,
        region,
        due_date,
        open_amount,
        base_open_amount
    from marts.fct_receivables
    where
        is_open
        and $as_of not in (select month_end from marts.receivable_month_ends)
        and ($month_close_day = 0 or $as_of <> last_day($as_of::date))
)

select
    balance_date,
    customer_id,
    currency,
    sales_rep,
    region,
    sum(open_amount)::decimal(18, 4) as open_amount,
    sum(base_open_amount)::decimal(18, 4) as base_open_amount,
    coalesce(sum(open_amount) filter (where due_date < balance_date), 0)::decimal(18, 4) as overdue_amount,
    coalesce(sum(base_open_amount) filter (where due_date < balance_date), 0)::decimal(18, 4) as base_overdue_amount,
    count(*) as item_count
from items
group by all
