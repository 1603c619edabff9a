-- One row is one document that names an invoice and claims part of it, where it has to be decided what it gets: in an
-- account for which cash is guessed, or of a contested invoice. Every other claim is granted as it stands
-- (marts.fct_payment_applications). Claims make a payment line (also a write-off, discount, fee or fx difference: line_key)
-- and a linked credit note (note_key). A negative amount takes an application back (refund, returned cheque).
-- first_day_amount is what claims of the invoice's own first day get (advances, same-day payments and credits): they come
-- before any guess could reach it, so nothing else bears on them; credit notes first, then payments in their order.
-- Whether an invoice still has room for a later claim (first_day_amount empty) is decided in marts.application_rounds.
with
claims as (
    select
        accounts.account_no,
        accounts.has_guesses,
        lines.line_key,
        null::bigint as note_key,
        lines.invoice_key,
        lines.event_date,
        lines.payment_date as document_date,
        lines.payment_id as document_id,
        lines.payment_line_no as line_no,
        lines.amount,
        case lines.kind when 'payment' then 'named' else lines.kind end as rule,
        lines.is_cash,
        lines.named_date as invoice_date,
        lines.named_amount as gross_amount
    from marts.payments_matched as lines
    inner join marts.application_accounts as accounts using (customer_id, currency)
    where lines.match = 'invoice' and lines.amount <> 0

    union all

    select
        accounts.account_no,
        accounts.has_guesses,
        null as line_key,
        notes.note_key,
        notes.invoice_key,
        notes.event_date,
        notes.document_date,
        notes.credit_note_id as document_id,
        null as line_no,
        notes.amount,
        'credit_note' as rule,
        false as is_cash,
        notes.invoice_date,
        notes.gross_amount
    from marts.credit_note_claims as notes
    inner join marts.application_accounts as accounts using (customer_id, currency)
),

undecided as (
    select * exclude (has_guesses)
    from claims
    where has_guesses or invoice_key in (select invoice_key from marts.contested_invoices)
)

select
    * exclude (invoice_date),
    null::decimal(18, 4) as first_day_amount
from undecided
where event_date > invoice_date or amount < 0

union all

select
    * exclude (invoice_date),
    least(amount, greatest(gross_amount - (sum(amount) over invoice) + amount, 0))::decimal(18, 4) as first_day_amount
from undecided
where event_date = invoice_date and amount >= 0
window invoice as (
    partition by invoice_key
    order by
        line_key is not null,
        document_date,
        document_id,
        line_no
    rows unbounded preceding
)
