-- One row is one document that names an invoice and claims part of it: a payment line (also a write-off, discount, fee or
-- fx difference) or a linked credit note. A negative amount takes an application back (refund, returned cheque).
-- first_day_amount is what claims of the invoice's own first day get (advances, same-day payments and credits): they come
-- before any guess could reach it, so nothing else bears on them; credit notes first, then payments in their order.
-- Whether an invoice still has room for a later claim (first_day_amount empty) is decided in marts.application_rounds.
-- Left out: a credit note's amount that a refund had settled before its invoice was issued.
with
settled_before as (
    select
        credit_notes.invoice_id as credit_note_id,
        -sum(lines.amount)::decimal(18, 4) as amount
    from marts.fct_invoices as credit_notes
    inner join marts.fct_invoices as originals on credit_notes.credits_invoice_id = originals.invoice_id
    inner join marts.payments_matched as lines
        on credit_notes.invoice_id = lines.invoice_id
        and lines.match = 'credit_note'
        and lines.event_date < greatest(credit_notes.invoice_date, originals.invoice_date)
    group by credit_notes.invoice_id
),

claims as (
    select
        'payment' as source,
        line_key,
        payment_id,
        payment_line_no,
        null as credit_note_id,
        invoice_id,
        customer_id,
        currency,
        event_date,
        payment_date as document_date,
        amount,
        case kind when 'payment' then 'named' else kind end as rule,
        is_cash,
        named_date as invoice_date,
        named_amount as gross_amount
    from marts.payments_matched
    where match = 'invoice' and amount <> 0

    union all

    select
        'credit_note' as source,
        null as line_key,
        null as payment_id,
        null as payment_line_no,
        credit_notes.invoice_id as credit_note_id,
        credit_notes.credits_invoice_id as invoice_id,
        credit_notes.customer_id,
        credit_notes.currency,
        greatest(credit_notes.invoice_date, originals.invoice_date) as event_date,
        credit_notes.invoice_date as document_date,
        greatest(-credit_notes.gross_amount - coalesce(settled_before.amount, 0), 0) as amount,
        'credit_note' as rule,
        false as is_cash,
        originals.invoice_date,
        originals.gross_amount
    from marts.fct_invoices as credit_notes
    inner join marts.fct_invoices as originals on credit_notes.credits_invoice_id = originals.invoice_id
    left join settled_before on credit_notes.invoice_id = settled_before.credit_note_id
    where credit_notes.is_effective and credit_notes.gross_amount < 0
)

select
    * exclude (invoice_date),
    null::decimal(18, 4) as first_day_amount
from claims
where event_date > invoice_date or amount < 0

union all

select
    * exclude (invoice_date),
    least(amount, greatest(gross_amount - (sum(amount) over invoice) + amount, 0))::decimal(18, 4) as first_day_amount
from claims
where event_date = invoice_date and amount >= 0
window invoice as (
    partition by invoice_id
    order by
        source,
        document_date,
        payment_id,
        payment_line_no,
        credit_note_id
    rows unbounded preceding
)
