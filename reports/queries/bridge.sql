-- One row: how the month's orders became invoices and how those became cash, in base currency including tax.
-- Booked are valid orders dated in the month, invoiced are effective invoices dated in it (credit notes negative),
-- collected are payments less refunds dated in it. Every step is a sum of its own documents, so that
-- booked + not_yet_invoiced + earlier_orders + without_order + credit_notes = invoiced and
-- invoiced + open + earlier_collected + unapplied + refunded = collected, whatever the documents say.
-- not_yet_invoiced is what orders of the month exceed their own invoices of the month by (below zero: over-invoiced);
-- open is what invoices of the month exceed the month's cash on them by, and holds exchange differences.
with
booked as (
    select coalesce(sum(base_net_amount + base_tax_amount), 0)::decimal(18, 4) as amount
    from marts.fct_orders
    where is_valid and order_date between $start and $end
),

invoices as (
    select
        invoices.invoice_id,
        invoices.base_gross_amount,
        invoices.is_credit_note,
        orders.order_id is not null as has_order,
        orders.order_date between $start and $end as is_of_month_order,
    from marts.fct_invoices as invoices
    left join marts.fct_orders as orders
        on invoices.order_id = orders.order_id
        and orders.is_valid
    where invoices.is_effective
        and invoices.invoice_date between $start and $end
),

invoiced as (
    select
        coalesce(sum(base_gross_amount), 0)::decimal(18, 4) as amount,
        coalesce(sum(base_gross_amount) filter (where is_credit_note), 0)::decimal(18, 4) as credit_notes,
        coalesce(
            sum(base_gross_amount) filter (where not is_credit_note and is_of_month_order), 0
        )::decimal(18, 4) as of_month,
        coalesce(
            sum(base_gross_amount) filter (where not is_credit_note and has_order and not is_of_month_order), 0
        )::decimal(18, 4) as of_earlier,
        coalesce(
            sum(base_gross_amount) filter (where not is_credit_note and not has_order), 0
        )::decimal(18, 4) as without_order,
    from invoices
),

payments as (
    select
        payment_id,
        payment_line_no,
        kind,
        base_amount,
        fx_rate,
    from marts.fct_payments
    where is_effective
        and kind in ('payment', 'refund')
        and payment_date between $start and $end
),

collected as (
    select
        coalesce(sum(base_amount), 0)::decimal(18, 4) as amount,
        coalesce(sum(base_amount) filter (where kind = 'refund'), 0)::decimal(18, 4) as refunded,
    from payments
),

applied as (
    select
        coalesce(
            sum(applications.applied_amount * payments.fx_rate) filter (where invoices.invoice_date between $start and $end), 0
        )::decimal(18, 4) as to_month,
        coalesce(
            sum(applications.applied_amount * payments.fx_rate) filter (where invoices.invoice_date < $start), 0
        )::decimal(18, 4) as to_earlier,
    from payments
    inner join marts.fct_payment_applications as applications
        on payments.payment_id = applications.payment_id
        and payments.payment_line_no = applications.payment_line_no
        and applications.effective_date <= $end
    inner join marts.fct_invoices as invoices on applications.invoice_id = invoices.invoice_id
    where payments.kind = 'payment'
)

select
    booked.amount as booked,
    invoiced.of_month - booked.amount as not_yet_invoiced,
    invoiced.of_earlier as earlier_orders,
    invoiced.without_order as without_order,
    invoiced.credit_notes as credit_notes,
    invoiced.amount as invoiced,
    applied.to_month - invoiced.amount as open,
    applied.to_earlier as earlier_collected,
    collected.amount - collected.refunded - applied.to_month - applied.to_earlier as unapplied,
    collected.refunded as refunded,
    collected.amount as collected,
from booked
cross join invoiced
cross join applied
cross join collected
