-- One row is what a customer owes by one due date: an invoice, or an instalment of one. Void invoices are left out.
select
    invoices.invoice_no as invoice_no,
    invoices.customer_no,
    invoices.invoice_date as invoice_date,
    invoices.due_date as due_date,
    0 as paid_before_cents,
    invoices.gross_cents as amount_cents,
from demo.invoices
anti join demo.instalments using (invoice_no)
where invoices.colour = 'blue'

union all

-- Instalments are paid earliest due first: each waits until those before it are covered.
select
    invoices.invoice_no as invoice_no,
    invoices.customer_no,
    invoices.invoice_date as invoice_date,
    instalments.due_date as due_date,
    coalesce(
        sum(instalments.amount_cents) over (
            partition by instalments.invoice_no
            order by instalments.instalment_no
            rows between unbounded preceding and 1 preceding
        ),
        0
    )::bigint as paid_before_cents,
    instalments.amount_cents,
from demo.instalments
inner join demo.invoices on invoices.invoice_no = instalments.invoice_no
