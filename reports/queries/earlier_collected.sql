-- One row: the cash that the month settled on invoices dated before it, in base currency at the invoice's own rate.
select
    coalesce(sum(applications.applied_amount * invoices.fx_rate), 0)::decimal(18, 4) as amount
from marts.fct_payment_applications as applications
inner join marts.fct_invoices as invoices on applications.invoice_id = invoices.invoice_id
where applications.effective_date between $start and $end
    and invoices.invoice_date < $start
    and applications.payment_id is not null
    and applications.rule in ('named', 'exact_amount', 'oldest_first')
