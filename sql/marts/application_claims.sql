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
        is_cash
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
        false as is_cash
    from marts.fct_invoices as credit_notes
    inner join marts.fct_invoices as originals on credit_notes.credits_invoice_id = originals.invoice_id
    left join settled_before on credit_notes.invoice_id = settled_before.credit_note_id
    where credit_notes.is_effective and credit_notes.gross_amount < 0
),

laid as (
    select
        claims.*,
        invoices.gross_amount,
        claims.event_date = invoices.invoice_date and claims.amount > 0 as is_first_day,
        (sum(if(is_first_day, claims.amount, 0)) over invoice)::decimal(18, 4) as claimed_after
    from claims
    inner join marts.fct_invoices as invoices on claims.invoice_id = invoices.invoice_id
    window invoice as (
        partition by claims.invoice_id
        order by
            claims.event_date,
            claims.source,
            claims.document_date,
            claims.payment_id,
            claims.payment_line_no,
            claims.credit_note_id
        rows unbounded preceding
    )
)

select
    * exclude (is_first_day, claimed_after),
    if(
        is_first_day,
        least(amount, greatest(gross_amount - (claimed_after - amount), 0)),
        null
    )::decimal(18, 4) as first_day_amount
from laid
