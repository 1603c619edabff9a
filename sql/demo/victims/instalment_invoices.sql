-- One row is an invoice that is due in instalments.
select invoices.invoice_id as key
from demo.invoices
inner join demo.instalments
    on instalments.invoice_no = invoices.invoice_no
    and instalments.instalment_no = 1
order by draw(invoices.invoice_no, 'victim', 1000000), invoices.invoice_no
limit 10
