-- One row is one application of a payment line or credit note to one document, with the rule that made it and the day it
-- counts from. A negative amount takes an application back or settles a credit note. Rules: named, credit_note,
-- write_off, discount, bank_fee, fx (the document names the invoice) | exact_amount, oldest_first (guesses) | refund.
-- Money back uses up surplus or other unapplied cash (refund): payment_id is the cash, refund_payment_id the money back,
-- invoice_id empty.
-- event_no orders the applications of one document on one day.
with
guessed as (
    select
        account_no,
        events.line_key,
        decisions.item,
        null as refund_no,
        event_no,
        events.event_date,
        decisions.units,
        'exact_amount' as rule
    from marts.application_decisions as decisions
    inner join marts.application_events as events using (account_no, event_no)
    where events.kind = 'cash'
    union all
    select
        account_no,
        line_key,
        item,
        if(item < 0, place, null) as refund_no,
        event_no,
        event_date,
        units,
        if(item < 0, 'refund', 'oldest_first') as rule
    from marts.applications_oldest_first
    union all
    select
        account_no,
        surplus.line_key,
        null as item,
        decisions.event_no as refund_no,
        decisions.event_no,
        refunds.event_date,
        -decisions.units,
        'refund' as rule
    from marts.application_decisions as decisions
    inner join marts.application_events as refunds using (account_no, event_no)
    inner join marts.application_events as surplus using (account_no)
    where decisions.surplus_no = surplus.event_no
),

item_invoices as (
    select
        account_no,
        item,
        document_id as invoice_id
    from marts.application_events
    where kind = 'debit'
),

settled as (
    select
        lines.*,
        -- What the credit note still gives on that day: its amount less what its invoice had got of it.
        least(
            -(sum(lines.amount) over so_far),
            -credit_notes.gross_amount - coalesce(if(granted.event_date <= lines.event_date, granted.applied_amount, 0), 0)
        ) as settled_by_now,
        row_number() over so_far as turn
    from marts.payments_matched as lines
    inner join marts.fct_invoices as credit_notes on lines.invoice_id = credit_notes.invoice_id
    left join marts.claims_granted as granted on lines.invoice_id = granted.credit_note_id
    where lines.match = 'credit_note'
    window so_far as (
        partition by lines.invoice_id
        order by lines.event_date, lines.payment_date, lines.payment_id, lines.payment_line_no
        rows unbounded preceding
    )
)

select
    payment_id,
    payment_line_no,
    credit_note_id,
    null as refund_payment_id,
    null as refund_line_no,
    invoice_id,
    customer_id,
    currency,
    applied_amount,
    event_date as effective_date,
    rule,
    event_no
from marts.claims_granted
where applied_amount <> 0

union all

select
    lines.payment_id,
    lines.payment_line_no,
    null,
    refunds.document_id,
    refunds.line_no,
    item_invoices.invoice_id,
    lines.customer_id,
    lines.currency,
    (guessed.units * 0.0001)::decimal(18, 4),
    guessed.event_date,
    guessed.rule,
    guessed.event_no
from guessed
inner join marts.payments_matched as lines on guessed.line_key = lines.line_key
left join item_invoices on guessed.account_no = item_invoices.account_no and guessed.item = item_invoices.item
left join marts.application_events as refunds
    on guessed.account_no = refunds.account_no
    and guessed.refund_no = refunds.event_no

union all

select
    payment_id,
    payment_line_no,
    null,
    null,
    null,
    invoice_id,
    customer_id,
    currency,
    (
        coalesce(lag(settled_by_now) over (partition by invoice_id order by turn), 0) - settled_by_now
    )::decimal(18, 4) as applied_amount,
    event_date,
    if(kind = 'payment', 'named', kind),
    turn
from settled
qualify applied_amount <> 0
