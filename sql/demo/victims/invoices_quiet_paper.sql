-- One row is a paper invoice that no payment, credit note, instalment or contact names.
select invoices.invoice_id as key
from demo.invoices
anti join demo.payments on payments.invoice_no = invoices.invoice_no
anti join demo.credit_shares on credit_shares.invoice_no = invoices.invoice_no
anti join demo.instalments on instalments.invoice_no = invoices.invoice_no
anti join demo.overdue_contacts on overdue_contacts.invoice_no = invoices.invoice_no
where
    invoices.colour = 'blue'
    and not starts_with(invoices.invoice_type, 'digital') and invoices.invoice_code is not null
order by draw(invoices.invoice_no, 'victim', 1000000), invoices.invoice_no
limit 40
