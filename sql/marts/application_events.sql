-- One row is one event of an account in marts.application_accounts, whose applications are decided one after another.
-- event_no orders the account: by day, then by step, then by document date and number:
--   0 'debit'    an invoice arrives, less what its first day's claims got (order of oldest first: invoice date, due date,
--                number; item is its place in that order)
--   1 'claim'    a document claims an invoice issued before: credit notes, then payment lines in their order
--   2 'cash'     cash looks for invoices: lines that name none, and what a cash claim of that day left over (is_rest: how
--                much that is, is only known when the claim is decided)
--   3 'takeback' a negative line takes back what its invoice got; what it can't is money owed back to us
-- So each day depends on earlier days and itself alone, never on what comes later. Units are ten-thousandths of the
-- currency. may_match: this cash may look for the one open invoice of its amount: no other line that names nothing brings
-- the same amount on that day, which would leave open whose invoice it is.
with
open_cash as (
    select
        *,
        count(*) over (partition by customer_id, currency, event_date, amount) = 1 as may_match
    from marts.payments_matched
    where match = 'open' and amount <> 0 and $cash_application = 'fifo'
),

first_days as (
    select
        invoice_id,
        sum(first_day_amount) as amount
    from marts.application_claims
    where first_day_amount is not null
    group by invoice_id
),

debits as (
    select
        accounts.account_no,
        invoices.invoice_id,
        invoices.invoice_date,
        invoices.due_date,
        invoices.gross_amount,
        invoices.gross_amount - coalesce(first_days.amount, 0) as amount,
        row_number() over (
            partition by accounts.account_no
            order by invoices.invoice_date, invoices.due_date, invoices.invoice_id
        ) as item
    from marts.application_accounts as accounts
    inner join marts.fct_invoices as invoices using (customer_id, currency)
    left join first_days using (invoice_id)
    where invoices.is_effective and invoices.gross_amount >= 0
),

claims as (
    select
        accounts.account_no,
        debits.item,
        claims.* exclude (amount),
        claims.amount - coalesce(claims.first_day_amount, 0) as amount,
        claims.amount > 0 and claims.is_cash and $cash_application = 'fifo' as may_leave_rest
    from marts.application_claims as claims
    inner join marts.application_accounts as accounts using (customer_id, currency)
    inner join debits using (invoice_id)
),

steps as (
    select
        account_no,
        invoice_date as event_date,
        0 as step,
        'debit' as kind,
        due_date as document_date,
        invoice_id as document_id,
        item,
        amount,
        gross_amount
    from debits

    union all by name

    select
        account_no,
        event_date,
        if(amount > 0, 1, 3) as step,
        if(amount > 0, 'claim', 'takeback') as kind,
        if(source = 'payment', document_date, null) as document_date,
        coalesce(payment_id, credit_note_id) as document_id,
        payment_line_no as line_no,
        line_key,
        item,
        abs(amount) as amount,
        gross_amount
    from claims
    where first_day_amount is null

    union all by name

    select
        account_no,
        event_date,
        2 as step,
        'cash' as kind,
        document_date,
        payment_id as document_id,
        payment_line_no as line_no,
        line_key,
        amount,
        first_day_amount is null as is_rest,
        true as may_match
    from claims
    where may_leave_rest and amount > 0

    union all by name

    select
        accounts.account_no,
        open_cash.event_date,
        if(open_cash.amount > 0, 2, 3) as step,
        if(open_cash.amount > 0, 'cash', 'takeback') as kind,
        open_cash.payment_date as document_date,
        open_cash.payment_id as document_id,
        open_cash.payment_line_no as line_no,
        open_cash.line_key,
        abs(open_cash.amount) as amount,
        open_cash.may_match
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
    line_key,
    item,
    (amount::decimal(20, 4) * 10000)::bigint as units,
    (gross_amount::decimal(20, 4) * 10000)::bigint as item_units,
    coalesce(is_rest, false) as is_rest,
    coalesce(may_match, false) as may_match
from steps
