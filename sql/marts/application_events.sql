-- One row is one event of an account in marts.application_accounts, whose applications are decided one after another.
-- event_no orders the account: by day, then by step, then by document date and number:
--   0 'debit'    an invoice arrives, less what its first day's claims got (order of oldest first: invoice date, due date,
--                number; item is a short key of the invoice)
--   1 'claim'    a document claims an invoice issued before: credit notes, then payment lines in their order
--     'surplus'  what a cash claim of its invoice's first day left over
--   2 'cash'     cash that names no invoice looks for one
--   3 'takeback' a negative line uses up surplus (of the invoice it names; of any, if it names none), then takes back what
--                its invoice got; what it can't is money owed back to us
-- What cash brings beyond the invoice it names is its surplus. It is never guessed onto another invoice: it stays unapplied
-- until money goes back, and so does a second payment of a settled invoice.
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
        invoice_key,
        sum(first_day_amount)::decimal(18, 4) as amount
    from marts.application_claims
    where first_day_amount is not null
    group by invoice_key
),

invoices as (
    select
        *,
        file_no * 10000000000::bigint + source_row as item
    from marts.fct_invoices
    where is_effective and gross_amount >= 0
),

debits as (
    select
        accounts.account_no,
        invoices.invoice_id,
        invoices.invoice_date,
        invoices.due_date,
        invoices.gross_amount,
        invoices.gross_amount - coalesce(first_days.amount, 0) as amount,
        invoices.item
    from invoices
    inner join marts.application_accounts as accounts using (customer_id, currency)
    left join first_days on invoices.item = first_days.invoice_key
    where accounts.has_guesses or invoices.item in (select invoice_key from marts.contested_invoices)
),

claims as (
    select
        claims.* exclude (amount, invoice_key),
        claims.invoice_key as item,
        claims.amount - coalesce(claims.first_day_amount, 0) as amount
    from marts.application_claims as claims
    semi join debits on claims.invoice_key = debits.item
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
        if(line_key is null, null, document_date) as document_date,
        document_id,
        line_no,
        line_key,
        note_key,
        item,
        abs(amount) as amount,
        gross_amount,
        is_cash
    from claims
    where first_day_amount is null

    union all by name

    select
        account_no,
        event_date,
        1 as step,
        'surplus' as kind,
        document_date,
        document_id,
        line_no,
        line_key,
        item,
        amount,
        is_cash
    from claims
    where first_day_amount is not null and is_cash and amount > 0

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
        true as is_cash,
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
    line_key,
    note_key,
    item,
    trunc(amount)::bigint * 10000 + (amount % 1 * 10000)::bigint as units,
    trunc(gross_amount)::bigint * 10000 + (gross_amount % 1 * 10000)::bigint as item_units,
    coalesce(is_cash, false) as is_cash,
    coalesce(may_match, false) as may_match
from steps
