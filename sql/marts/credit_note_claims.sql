-- One row is one credit note that credits an invoice, with what it claims of it from the day both are there. Left out is
-- what a refund had settled of the credit note before that day. note_key and invoice_key are short keys within one build.
with
settled_before as (
    select
        lines.invoice_key as note_key,
        -sum(lines.amount)::decimal(18, 4) as amount
    from marts.payments_matched as lines
    inner join marts.fct_invoices as credit_notes on lines.invoice_id = credit_notes.invoice_id
    inner join marts.fct_invoices as originals on credit_notes.credits_invoice_id = originals.invoice_id
    where lines.match = 'credit_note' and lines.event_date < greatest(credit_notes.invoice_date, originals.invoice_date)
    group by lines.invoice_key
)

select
    credit_notes.file_no * 10000000000::bigint + credit_notes.source_row as note_key,
    credit_notes.invoice_id as credit_note_id,
    originals.file_no * 10000000000::bigint + originals.source_row as invoice_key,
    originals.invoice_id,
    credit_notes.customer_id,
    credit_notes.currency,
    greatest(credit_notes.invoice_date, originals.invoice_date) as event_date,
    credit_notes.invoice_date as document_date,
    greatest(-credit_notes.gross_amount - coalesce(settled_before.amount, 0), 0)::decimal(18, 4) as amount,
    originals.invoice_date,
    originals.gross_amount
from marts.fct_invoices as credit_notes
inner join marts.fct_invoices as originals on credit_notes.credits_invoice_id = originals.invoice_id
left join settled_before on credit_notes.file_no * 10000000000::bigint + credit_notes.source_row = settled_before.note_key
where credit_notes.is_effective and credit_notes.gross_amount < 0
