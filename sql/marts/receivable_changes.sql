-- One row is one receivable item and a day on which its open amount changes, and by how much: it appears on its
-- document's date, and each application moves both its sides, the invoice's (down) and the payment's or credit note's (up
-- to zero). The open amount at the end of any day is the sum of the changes up to that day.
-- guessed_amount is what of the change rests on a guess (rules exact_amount, oldest_first; and money taken back from an
-- invoice that guesses paid): without the guesses, the item's open amount is the sum of the changes less that of the guesses.
with
guessed_invoices as (
    select distinct invoice_id
    from marts.fct_payment_applications
    where rule in ('exact_amount', 'oldest_first')
),

applications as (
    select
        applications.*,
        if(
            rule in ('exact_amount', 'oldest_first') or applied_amount < 0 and guessed.invoice_id is not null,
            applied_amount,
            0
        ) as guessed_amount
    from marts.fct_payment_applications as applications
    left join guessed_invoices as guessed on applications.invoice_id = guessed.invoice_id
),

changes as (
    select
        item_id,
        document_date as change_date,
        amount,
        0 as guessed_amount
    from marts.receivable_items

    union all

    select
        case
            when applications.instalment_no is not null
                then 'instalment:' || applications.invoice_id || ':' || applications.instalment_no
            when documents.is_credit_note then 'credit_note:' || applications.invoice_id
            else 'invoice:' || applications.invoice_id
        end,
        applications.effective_date,
        -applications.applied_amount,
        -applications.guessed_amount
    from applications
    inner join marts.fct_invoices as documents on applications.invoice_id = documents.invoice_id

    union all

    select
        'payment:' || payment_id || ':' || payment_line_no,
        effective_date,
        applied_amount,
        guessed_amount
    from applications
    where payment_id is not null

    union all

    select
        'credit_note:' || credit_note_id,
        effective_date,
        applied_amount,
        0
    from applications
    where credit_note_id is not null

    union all

    select
        'payment:' || refund_payment_id || ':' || refund_line_no,
        effective_date,
        -applied_amount,
        0
    from applications
    where refund_payment_id is not null
)

select
    item_id,
    change_date,
    sum(amount)::decimal(18, 4) as change_amount,
    sum(guessed_amount)::decimal(18, 4) as guessed_amount
from changes
group by all
