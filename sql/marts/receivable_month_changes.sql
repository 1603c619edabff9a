-- One row is one customer and currency in one month up to $as_of: by how much open invoices, unused credit notes (below
-- zero) and unapplied payment lines (below zero) changed, and what was paid, written off, discounted or charged.
-- invoiced - open - credits - payments - settled without cash = collected, as every payment line is an item of its own.
with
items as (
    select
        date_trunc('month', changes.change_date)::date as month_start,
        items.customer_id,
        items.currency,
        items.item_type,
        'change' as side,
        changes.change_amount as amount,
        case
            when items.currency = $base_currency then changes.change_amount
            else round(changes.change_amount::decimal(38, 4) * items.fx_rate, 4)
        end as base_amount
    from marts.receivable_changes as changes
    inner join marts.receivable_items as items on changes.item_id = items.item_id
    where changes.change_date <= $as_of

    union all

    select
        date_trunc('month', payment_date)::date,
        customer_id,
        currency,
        kind,
        'line',
        amount,
        base_amount
    from marts.fct_payments
    where is_effective and payment_date <= $as_of
),

kinds as (
    select
        *,
        case
            when side = 'line' and item_type in ('payment', 'refund') then 'collected'
            when side = 'line' then item_type
            when item_type in ('invoice', 'instalment') then 'open'
            when item_type = 'credit_note' then 'credits'
            else 'unapplied'
        end as step
    from items
)

select
    month_start,
    customer_id,
    currency,
    step,
    sum(amount)::decimal(18, 4) as amount,
    sum(base_amount)::decimal(18, 4) as base_amount
from kinds
group by all
