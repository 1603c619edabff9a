-- Per customer, currency and month: opening + invoiced - credited - collected + refunded - adjusted = closing, to the cent
-- and beyond; and the last closing is what is open as of $as_of.
with
broken_months as (
    select
        customer_id,
        currency,
        period_end,
        opening_amount + invoiced_amount - credited_amount - collected_amount + refunded_amount - adjusted_amount
            as expected_amount,
        closing_amount
    from marts.fct_account_months
    where expected_amount <> closing_amount
),

last_months as (
    select
        customer_id,
        currency,
        max(period_end) as period_end,
        arg_max(closing_amount, period_end) as closing_amount
    from marts.fct_account_months
    group by all
),

open_items as (
    select
        customer_id,
        currency,
        sum(open_amount) as open_amount
    from marts.fct_receivables
    where is_open
    group by all
)

select *
from broken_months
union all
select
    customer_id,
    currency,
    last_months.period_end,
    open_items.open_amount,
    last_months.closing_amount
from last_months
full join open_items using (customer_id, currency)
where coalesce(last_months.closing_amount, 0) <> coalesce(open_items.open_amount, 0)
