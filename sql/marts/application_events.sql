-- One row is one event of an account in marts.application_accounts, whose applications are decided one after another.
-- event_no orders the account: by day, then by step, then by document date and number:
--   0 'debit'    an invoice arrives (order of oldest first: invoice date, due date, number; item is its place)
--   1 'claim'    a document claims the invoice it names: credit notes, then payment lines in their order
--   2 'cash'     cash looks for invoices: lines that name none, and what a cash claim of that day left over (is_rest)
--   3 'takeback' a negative line takes back what its invoice got, else it is money owed back to us
-- So each day depends on earlier days and itself alone, never on what comes later.
-- units are ten-thousandths of the currency; is_alone: no other open cash of that day has the same amount.
with
open_cash as (
    select
        *,
        amount > 0
        and count(*) over (partition by customer_id, currency, event_date, amount) = 1 as is_alone
    from marts.payments_matched
    where match = 'open' and amount <> 0 and $cash_application = 'fifo'
),

debits as (
    select
        accounts.account_no,
        invoices.invoice_id,
        invoices.invoice_date,
        invoices.due_date,
        invoices.gross_amount,
        row_number() over (
            partition by accounts.account_no
            order by invoices.invoice_date, invoices.due_date, invoices.invoice_id
        ) as item
    from marts.application_accounts as accounts
    inner join marts.fct_invoices as invoices using (customer_id, currency)
    where invoices.is_effective and invoices.gross_amount >= 0
),

claims as (
    select
        accounts.account_no,
        debits.item,
        debits.gross_amount,
        claims.*,
        claims.amount > 0 and claims.is_cash and $cash_application = 'fifo' as may_leave_rest
    from marts.application_claims as claims
    inner join marts.application_accounts as accounts using (customer_id, currency)
    inner join debits using (invoice_id)
),

steps as (
    select
        account_no, invoice_date as event_date, 0 as step, due_date as document_date, invoice_id as document_id, 0 as line_no,
        'debit' as kind, item, gross_amount as amount, gross_amount, false as is_rest, false as is_alone
    from debits
    union all
    select
        account_no, event_date, if(amount > 0, 1, 3), if(source = 'payment', document_date, null),
        coalesce(payment_id, credit_note_id), coalesce(payment_line_no, 0),
        if(amount > 0, 'claim', 'takeback'), item, abs(amount), gross_amount, false, false
    from claims
    union all
    select account_no, event_date, 2, document_date, payment_id, payment_line_no, 'cash', item, amount, gross_amount, true, false
    from claims
    where may_leave_rest
    union all
    select
        accounts.account_no, open_cash.event_date, if(open_cash.amount > 0, 2, 3), open_cash.payment_date,
        open_cash.payment_id, open_cash.payment_line_no, if(open_cash.amount > 0, 'cash', 'takeback'),
        null, abs(open_cash.amount), null, false, open_cash.is_alone
    from open_cash
    inner join marts.application_accounts as accounts using (customer_id, currency)
)

select
    account_no,
    row_number() over (
        partition by account_no
        order by event_date, step, document_date nulls first, document_id, line_no
    ) as event_no,
    event_date,
    kind,
    document_id,
    line_no,
    item,
    (amount * 10000)::bigint as units,
    (gross_amount * 10000)::bigint as item_units,
    is_rest,
    is_alone
from steps
