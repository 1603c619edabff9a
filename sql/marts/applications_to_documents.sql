-- One row is one application that had to be decided, of a payment line (line_key) or credit note (note_key) to one document
-- (invoice_key), with the rule that made it and the day it counts from. A negative amount takes an application back or
-- settles a credit note. Rules: named, credit_note, write_off, discount, bank_fee, fx (the document names the invoice) |
-- exact_amount, oldest_first (guesses) | refund. Money back uses up surplus or other unapplied cash (refund): line_key is
-- the cash, refund_line_key the money back, invoice_key empty.
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

settled as (
    select
        lines.line_key,
        lines.invoice_key,
        lines.kind,
        lines.event_date,
        -- What the credit note still gives on that day: its amount less what its invoice had got of it.
        least(
            -(sum(lines.amount) over so_far),
            -credit_notes.gross_amount
            - if(claims.event_date <= lines.event_date, coalesce(granted.applied_amount, claims.amount), 0)
        ) as settled_by_now,
        row_number() over so_far as turn
    from marts.payments_matched as lines
    inner join marts.fct_invoices as credit_notes on lines.invoice_id = credit_notes.invoice_id
    left join marts.credit_note_claims as claims on lines.invoice_key = claims.note_key
    left join marts.claims_granted as granted on lines.invoice_key = granted.note_key
    where lines.match = 'credit_note'
    window so_far as (
        partition by lines.invoice_id
        order by lines.event_date, lines.payment_date, lines.payment_id, lines.payment_line_no
        rows unbounded preceding
    )
)

select
    line_key,
    note_key,
    null as refund_line_key,
    invoice_key,
    applied_amount,
    event_date as effective_date,
    rule,
    event_no
from marts.claims_granted
where applied_amount <> 0

union all

select
    guessed.line_key,
    null,
    refunds.line_key,
    if(guessed.item < 0, null, guessed.item),
    (guessed.units * 0.0001)::decimal(18, 4),
    guessed.event_date,
    guessed.rule,
    guessed.event_no
from guessed
left join marts.application_events as refunds
    on guessed.account_no = refunds.account_no
    and guessed.refund_no = refunds.event_no

union all

select
    line_key,
    null,
    null,
    invoice_key,
    (
        coalesce(lag(settled_by_now) over (partition by invoice_key order by turn), 0) - settled_by_now
    )::decimal(18, 4) as applied_amount,
    event_date,
    if(kind = 'payment', 'named', kind),
    turn
from settled
qualify applied_amount <> 0
