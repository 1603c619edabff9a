-- One row is a contact with a customer about an invoice that was overdue on the day: ten, forty and ninety days after
-- it fell due, as long as it was not settled.
with settled as (
    select
        invoice_no,
        sum(applied_cents) as applied_cents,
        max(effective_date) as settled_date,
    from demo.payment_shares
    where invoice_no is not null
    group by all
)

select
    row_number() over (order by invoices.due_date + steps.days_late, invoices.invoice_no) as contact_no,
    invoices.customer_no,
    invoices.invoice_no,
    invoices.due_date + steps.days_late as contact_date,
    steps.method,
    invoices.gross_cents,
    settled.settled_date,
from demo.invoices
inner join (values (10, 'phone'), (40, 'email'), (90, 'visit')) as steps (days_late, method) on true
left join settled on settled.invoice_no = invoices.invoice_no
where
    invoices.colour = 'blue'
    and invoices.due_date + steps.days_late <= $end_date
    and (
        settled.settled_date is null
        or settled.settled_date > invoices.due_date + steps.days_late
        or settled.applied_cents < invoices.gross_cents // 2
    )
    and draw(invoices.invoice_no * 128 + steps.days_late, 'contact', 100) < 70
