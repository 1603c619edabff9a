-- What is applied to an invoice stays between 0 and its amount at the end of every day, and never counts before its date;
-- the same for what is settled of a credit note, with its negative amount.
with
sides as (
    select
        invoice_id,
        effective_date,
        applied_amount
    from marts.fct_payment_applications
    where invoice_id is not null
    union all
    select
        credit_note_id,
        effective_date,
        -applied_amount
    from marts.fct_payment_applications
    where credit_note_id is not null
),

days as (
    select
        invoice_id,
        effective_date,
        sum(sum(applied_amount)) over (
            partition by invoice_id
            order by effective_date
            rows unbounded preceding
        ) as applied_so_far
    from sides
    group by invoice_id, effective_date
)

select
    days.invoice_id,
    days.effective_date,
    days.applied_so_far,
    invoices.gross_amount
from days
left join marts.fct_invoices as invoices using (invoice_id)
where invoices.invoice_id is null
    or not invoices.is_effective
    or days.effective_date < invoices.invoice_date
    or days.applied_so_far not between least(invoices.gross_amount, 0) and greatest(invoices.gross_amount, 0)
