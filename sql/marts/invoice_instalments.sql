-- One row is one instalment of an invoice, cut to the invoice's amount: instalments in the order they are paid (earliest due
-- first) lie end to end from amount_before to amount_after. What instalments leave of the invoice is one more, due with the
-- invoice; what they have beyond it is cut off (is_cut). Instalments of zero or less are left out.
with
planned as (
    select
        invoices.invoice_id,
        invoices.gross_amount,
        instalments.instalment_no,
        instalments.due_date,
        instalments.amount,
        instalments.position,
        invoices.due_date as invoice_due_date
    from staging.stg_instalments as instalments
    inner join marts.fct_invoices as invoices on instalments.invoice_id = invoices.invoice_id
    where instalments.amount > 0 and invoices.gross_amount > 0
),

parts as (
    select
        invoice_id,
        gross_amount,
        instalment_no,
        due_date,
        amount,
        position
    from planned
    union all
    select
        invoice_id,
        min(gross_amount) as gross_amount,
        max(instalment_no) + 1 as instalment_no,
        min(invoice_due_date) as due_date,
        min(gross_amount) - sum(amount) as amount,
        null as position
    from planned
    group by invoice_id
    having sum(amount) < min(gross_amount)
),

laid as (
    select
        *,
        (sum(amount) over invoice)::decimal(18, 4) as amount_after,
        amount_after - amount as amount_before
    from parts
    window invoice as (partition by invoice_id order by due_date, position nulls last rows unbounded preceding)
)

select
    invoice_id,
    instalment_no,
    due_date,
    amount_before::decimal(18, 4) as amount_before,
    least(amount_after, gross_amount)::decimal(18, 4) as amount_after,
    amount_after > gross_amount as is_cut
from laid
where amount_before < gross_amount
