-- One row is a credit note with what its invoice took of it: all, unless the invoice had been paid in full before.
select
    credits.invoice_no as credit_no,
    credits.invoice_date as credit_date,
    blue.invoice_no,
    -credits.gross_cents as credit_cents,
    case
        when planned.outcome = 'full' and paid.paid_cents = blue.gross_cents then 0
        else -credits.gross_cents
    end as applied_cents,
from demo.invoices as credits
inner join demo.invoices as blue
    on blue.order_no = credits.order_no
    and blue.colour = 'blue'
inner join demo.intended_payments as planned on planned.invoice_no = blue.invoice_no
left join (
    select
        invoice_no,
        sum(applied_cents) as paid_cents,
    from demo.payment_shares
    group by all
) as paid on paid.invoice_no = blue.invoice_no
where credits.colour = 'red'
