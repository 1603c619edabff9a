-- One row is a payment line.
select
    payments.payment_id,
    payments.payment_date,
    customers.customer_id,
    money(payments.amount_cents) as amount,
    invoices.invoice_id,
    customers.currency,
    case
        when payments.kind not in ('payment', 'refund') then null
        when payments.payment_date > (select max(date) from demo.days) then 'post_dated_cheque'
        else ['bank_transfer', 'bank_transfer', 'acceptance_bill', 'cheque'][1 + draw(payments.payment_no, 'method', 4)]
    end as method,
    if(payments.kind in ('payment', 'refund'), cards.customer_name, null) as payer_name,
    case
        when payments.kind = 'payment' then '货款' || lpad(payments.payment_no::varchar, 9, '0')
        when payments.kind = 'refund' then '退多付款'
    end as reference,
    payments.status,
    payments.kind,
from demo.payments
inner join demo.customers on customers.customer_no = payments.customer_no
inner join demo.customer_cards as cards on cards.customer_no = payments.customer_no
left join demo.invoices on invoices.invoice_no = payments.invoice_no
order by payments.payment_date, payments.payment_id, payments.invoice_no
