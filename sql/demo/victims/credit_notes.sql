-- One row is a credit note.
select invoice_id as key
from demo.invoices
where colour = 'red'
order by draw(invoice_no, 'victim', 1000000), invoice_no
limit 10
