-- One row is one payment line with the document it names, the customer whose account it belongs to and the day it can
-- count (event_date): the latest of payment date, named document's date and the export's own allocation date.
-- match: 'invoice' (applied to the named invoice) | 'credit_note' (settles the named credit note) | 'open' (names nothing:
-- cash for the guesses, or a refund of unapplied cash) | 'held' (stays unapplied; issue says why) | 'ignored' (pending,
-- failed or disputed: does not exist for the receivables).
-- line_key is a short key of the line within one build, invoice_key one of the document it names.
-- A line that names something is never guessed onto something else: an invoice it names may arrive later, and what it
-- brings beyond the invoice (an overpayment, a second payment) stays unapplied. Held are:
-- - unknown_invoice, invoice_not_effective (draft or void), currency_mismatch, repeated_line;
-- - other_customer: names another customer's invoice before that is issued. Once it is, naming it decides, and the line
--   counts for the invoice's customer (payer_customer_id keeps the export's);
-- - credit_note_paid: money in that names a credit note; no_invoice_named: a write-off, discount, fee or fx difference
--   without an invoice.
with
lines as (
    select
        payments.* exclude (customer_id),
        coalesce(payments.customer_id, 'unknown') as payer_customer_id,
        payments.status = 'succeeded' as is_effective,
        payments.kind in ('payment', 'refund') as is_cash,
        named.invoice_id as found_invoice_id,
        named.invoice_date,
        named.gross_amount as named_amount,
        named.customer_id as invoice_customer_id,
        named.is_credit_note,
        named.file_no * 10000000000::bigint + named.source_row as invoice_key,
        case
            when payments.is_repeated_line then 'repeated_line'
            when payments.invoice_id is null and not is_cash then 'no_invoice_named'
            when payments.invoice_id is null then null
            when named.invoice_id is null then 'unknown_invoice'
            when not named.is_effective then 'invoice_not_effective'
            when named.currency <> payments.currency then 'currency_mismatch'
            when named.customer_id <> payer_customer_id and payments.payment_date < named.invoice_date then 'other_customer'
            when named.is_credit_note and payments.amount > 0 then 'credit_note_paid'
        end as issue
    from staging.stg_payments as payments
    left join marts.fct_invoices as named on payments.invoice_id = named.invoice_id
    where payments.payment_date is not null
)

select
    file_no,
    source_row,
    file_no * 10000000000::bigint + source_row as line_key,
    payment_id,
    payment_line_no,
    payment_date,
    case when is_effective and issue is null then coalesce(invoice_customer_id, payer_customer_id) else payer_customer_id end
        as customer_id,
    payer_customer_id,
    amount,
    currency,
    kind,
    is_cash,
    method,
    payer_name,
    reference,
    status,
    is_effective,
    pays_in_full,
    invoice_id,
    invoice_date as named_date,
    named_amount,
    invoice_key,
    allocated_date,
    case when is_effective then issue end as issue,
    case
        when not is_effective then 'ignored'
        when issue is not null then 'held'
        when invoice_id is null then 'open'
        when is_credit_note then 'credit_note'
        else 'invoice'
    end as match,
    case
        when match in ('invoice', 'credit_note') then greatest(payment_date, invoice_date, coalesce(allocated_date, payment_date))
        else greatest(payment_date, coalesce(allocated_date, payment_date))
    end as event_date
from lines
