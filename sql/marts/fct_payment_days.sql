-- One row is one application of cash to an invoice or instalment, with how long that money took: days_to_pay from the
-- invoice date, days_late from the due date (below zero: paid early). Money taken back from an invoice is negative, so that
-- what was paid in vain weighs nothing. Left out: credit notes, write-offs, discounts, fees, fx differences (no money), and
-- what is still open (marts.fct_receivable_months tells its age). base_applied_amount is at the invoice's rate.
select
    applications.payment_id,
    applications.payment_line_no,
    lines.file_no,
    lines.source_row,
    applications.invoice_id,
    applications.instalment_no,
    applications.customer_id,
    applications.currency,
    invoices.sales_rep,
    invoices.region,
    applications.effective_date as paid_date,
    invoices.invoice_date,
    coalesce(instalments.due_date, invoices.due_date) as due_date,
    applications.rule,
    applications.applied_amount,
    case
        when invoices.currency = $base_currency then applications.applied_amount
        else round(applications.applied_amount::decimal(20, 4) * invoices.fx_rate, 4)
    end::decimal(18, 4) as base_applied_amount,
    date_diff('day', invoices.invoice_date, paid_date) as days_to_pay,
    date_diff('day', coalesce(instalments.due_date, invoices.due_date), paid_date) as days_late
from marts.fct_payment_applications as applications
inner join marts.fct_invoices as invoices on applications.invoice_id = invoices.invoice_id
left join marts.invoice_instalments as instalments
    on applications.invoice_id = instalments.invoice_id
    and applications.instalment_no = instalments.instalment_no
inner join staging.stg_payments as lines
    on applications.payment_id = lines.payment_id
    and applications.payment_line_no = lines.payment_line_no
where not invoices.is_credit_note and applications.rule in ('named', 'exact_amount', 'oldest_first', 'refund')
