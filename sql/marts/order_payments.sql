-- One row is one order that cash has been applied to by $as_of, through an invoice that names it: the first day of it.
select
    invoices.order_id,
    min(applications.effective_date) as paid_date
from marts.fct_payment_applications as applications
inner join marts.fct_invoices as invoices on applications.invoice_id = invoices.invoice_id
where invoices.order_id is not null
    and applications.effective_date <= $as_of
    and applications.rule in ('named', 'exact_amount', 'oldest_first')
group by invoices.order_id
