-- One row is a due instalment.
select
    invoices.invoice_id,
    instalments.instalment_no,
    instalments.due_date,
    money(instalments.amount_cents) as amount,
from demo.instalments
inner join demo.invoices on invoices.invoice_no = instalments.invoice_no
order by instalments.invoice_no, instalments.instalment_no
