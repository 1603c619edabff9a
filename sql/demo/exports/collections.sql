-- One row is a contact about an overdue invoice, with what was promised and what came of it.
select
    customers.customer_id,
    contacts.contact_date,
    contacts.method,
    invoices.invoice_id,
    case draw(contacts.contact_no, 'result', 4)
        when 0 then '无人接听'
        when 1 then '有异议'
        else '承诺付款'
    end as result,
    if(draw(contacts.contact_no, 'result', 4) > 1, contacts.contact_date + 7, null) as promised_date,
    if(draw(contacts.contact_no, 'result', 4) > 1, money(contacts.gross_cents), null) as promised_amount,
    customers.sales_rep as owner,
from demo.overdue_contacts as contacts
inner join demo.customers on customers.customer_no = contacts.customer_no
inner join demo.invoices on invoices.invoice_no = contacts.invoice_no
order by contacts.contact_no
