-- One row is one step of the way from what was booked to what was invoiced to what was collected, of one customer and
-- currency in one month up to $as_of, all including tax; kind is 'total' or 'change'. Per month, customer and currency:
-- booked + returned + not_yet_invoiced + under_invoiced + over_invoiced + without_order + fx_to_invoice = invoiced and
-- invoiced + open + credits + unapplied + write_off + discount + bank_fee + fx + fx_to_payment = collected, to 0.00.
-- - not_yet_invoiced, under_invoiced (after a first invoice), over_invoiced: what they grew or shrank by in the month;
-- - open: invoices less what was settled on them; credits: credit notes not yet used; unapplied: cash that names nothing;
-- - write_off, discount, bank_fee, fx: settled without cash; collected is payments less refunds;
-- - fx_to_invoice, fx_to_payment: what other days' rates make of the same money: 0 in amount, told in base_amount.
-- Customers nobody names are 'unknown'. Steps of nothing have no row.
with
ordered as (
    select
        changes.month_start,
        changes.customer_id,
        changes.currency,
        steps.step,
        case steps.step
            when 'booked' then changes.booked_amount
            when 'returned' then changes.returned_amount
            when 'not_yet_invoiced' then -changes.waiting_change
            when 'under_invoiced' then -changes.under_change
            when 'over_invoiced' then changes.over_change
            when 'without_order' then changes.without_order_amount
            when 'invoiced' then changes.invoiced_amount
            else 0
        end as amount,
        case steps.step
            when 'booked' then changes.base_booked_amount
            when 'returned' then changes.base_returned_amount
            when 'not_yet_invoiced' then -changes.base_waiting_change
            when 'under_invoiced' then -changes.base_under_change
            when 'over_invoiced' then changes.base_over_change
            when 'without_order' then changes.base_without_order_amount
            when 'invoiced' then changes.base_invoiced_amount
            else changes.base_invoiced_amount - changes.base_booked_amount - changes.base_returned_amount
                + changes.base_waiting_change + changes.base_under_change - changes.base_over_change
                - changes.base_without_order_amount
        end as base_amount
    from marts.order_invoice_changes as changes
    cross join (
        values
            ('booked'), ('returned'), ('not_yet_invoiced'), ('under_invoiced'), ('over_invoiced'), ('without_order'),
            ('fx_to_invoice'), ('invoiced')
    ) as steps (step)
),

settled as (
    select
        month_start,
        customer_id,
        currency,
        step,
        case when step = 'collected' then amount else -amount end as amount,
        case when step = 'collected' then base_amount else -base_amount end as base_amount
    from marts.receivable_month_changes
),

-- Whatever rates make of the way from invoiced to collected is what the steps in base currency leave over.
revalued as (
    select
        month_start,
        customer_id,
        currency,
        'fx_to_payment' as step,
        0 as amount,
        sum(case when step = 'collected' then base_amount else -base_amount end) as base_amount
    from (
        select month_start, customer_id, currency, step, base_amount from settled
        union all
        select month_start, customer_id, currency, step, base_amount from ordered where step = 'invoiced'
    ) as way
    group by month_start, customer_id, currency
),

steps as (
    select * from ordered
    union all
    select * from settled
    union all
    select * from revalued
)

select
    month_start,
    customer_id,
    currency,
    list_position(
        [
            'booked', 'returned', 'not_yet_invoiced', 'under_invoiced', 'over_invoiced', 'without_order', 'fx_to_invoice',
            'invoiced', 'open', 'credits', 'unapplied', 'write_off', 'discount', 'bank_fee', 'fx', 'fx_to_payment', 'collected'
        ],
        step
    )::integer as step_no,
    step,
    case when step in ('booked', 'invoiced', 'collected') then 'total' else 'change' end as kind,
    amount::decimal(18, 4) as amount,
    base_amount::decimal(18, 4) as base_amount
from steps
where amount <> 0 or base_amount <> 0
