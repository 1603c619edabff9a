-- One row is an invoice. One in sixteen comes without its due date: it follows from the customer's terms.
with originals as (
    select
        order_no,
        invoice_id as original_invoice_id,
    from demo.invoices
    where colour = 'blue'
)

select
    invoices.invoice_id,
    invoices.invoice_code,
    invoices.invoice_type,
    invoices.invoice_date,
    customers.customer_id,
    orders.order_id,
    if(
        invoices.colour <> 'red'
        and draw(invoices.invoice_no, 'no due date', 16) = 0
        and instalments.invoice_no is null,
        null,
        invoices.due_date
    ) as due_date,
    invoices.currency,
    cards.customer_name as buyer_name,
    cards.tax_id as buyer_tax_id,
    '91330106MA2H1D3X00' as seller_tax_id,
    money(orders.tax_percent) as tax_rate,
    money(invoices.net_cents) as net_amount,
    money(invoices.tax_cents) as tax_amount,
    money(invoices.gross_cents) as gross_amount,
    if(invoices.colour = 'void', 'void', 'issued') as status,
    invoices.colour = 'red' as is_credit_note,
    if(invoices.colour = 'red', originals.original_invoice_id, null) as original_invoice_id,
    orders.sales_rep,
from demo.invoices
inner join demo.orders on orders.order_no = invoices.order_no
inner join demo.customers on customers.customer_no = invoices.customer_no
inner join demo.customer_cards as cards on cards.customer_no = invoices.customer_no
left join originals on originals.order_no = invoices.order_no
left join demo.instalments
    on instalments.invoice_no = invoices.invoice_no
    and instalments.instalment_no = 1
order by invoices.invoice_no
