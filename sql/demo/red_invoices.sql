-- One row is a credit note for a return of an invoiced order, before numbering: the same tax rate, negative amounts.
select
    returns.return_no,
    returns.order_no,
    invoices.customer_no,
    greatest(returns.return_date, invoices.invoice_date) + (2 + draw(returns.return_no, 'credit days', 12)) as invoice_date,
    -returns.amount_cents as net_cents,
    -((returns.amount_cents * orders.tax_percent + 50) // 100) as tax_cents,
from demo.returns
inner join demo.orders on orders.order_no = returns.order_no
inner join demo.blue_invoices as invoices
    on invoices.order_no = returns.order_no
    and not invoices.is_void
where greatest(returns.return_date, invoices.invoice_date) + (2 + draw(returns.return_no, 'credit days', 12)) <= $end_date
