-- One row is one instalment of an invoice, cut to the invoice's amount: instalments in the order they are paid (earliest due
-- first) lie end to end from amount_before to amount_after. What instalments leave of the invoice is a last one, due with
-- the invoice; what they have beyond it is cut off (is_cut). Instalments of zero or less are left out.
with
planned as (
    select
        invoices.invoice_id,
        invoices.gross_amount,
        instalments.instalment_no,
        instalments.due_date,
        instalments.amount,
        (sum(instalments.amount) over invoice)::decimal(18, 4) as amount_after,
        amount_after - instalments.amount as amount_before,
        invoices.due_date as invoice_due_date,
        max(instalments.instalment_no) over (partition by instalments.invoice_id) as last_no,
        instalments.position
    from staging.stg_instalments as instalments
    inner join marts.fct_invoices as invoices on instalments.invoice_id = invoices.invoice_id
    where instalments.amount > 0 and invoices.gross_amount > 0
    window invoice as (partition by instalments.invoice_id order by instalments.position rows unbounded preceding)
)

select
    invoice_id,
    instalment_no,
    due_date,
    amount_before::decimal(18, 4) as amount_before,
    least(amount_after, gross_amount)::decimal(18, 4) as amount_after,
    amount_after > gross_amount as is_cut
from planned
where amount_before < gross_amount

union all

select
    invoice_id,
    max(last_no) + 1 as instalment_no,
    min(invoice_due_date) as due_date,
    max(amount_after)::decimal(18, 4) as amount_before,
    min(gross_amount)::decimal(18, 4) as amount_after,
    false as is_cut
from planned
group by invoice_id
having max(amount_after) < min(gross_amount)
