-- One row is a payment of one line that names no invoice, made by the span's last day at the first attempt.
select any_value(payments.payment_id) as key
from demo.payments
inner join demo.customers on customers.customer_no = payments.customer_no
where
    payments.kind = 'payment'
    and customers.currency = 'CNY'
    and payments.payment_date <= (select max(date) from demo.days)
group by payments.payment_no
having
    count(*) = 1
    and any_value(payments.invoice_no) is null
order by draw(payments.payment_no, 'victim', 1000000), payments.payment_no
limit 40
