-- One row is a due instalment of a large invoice agreed to be paid in three: 30, 40 and 30 percent, a month apart.
with agreed as (
    select
        invoices.invoice_no,
        invoices.due_date,
        invoices.gross_cents,
        invoices.gross_cents * 3 // 10 as first_cents,
        invoices.gross_cents * 4 // 10 as second_cents,
    from demo.invoices
    anti join demo.red_invoices on red_invoices.order_no = invoices.order_no
    where
        invoices.colour = 'blue'
        and invoices.payment_style = 'named'
        and invoices.gross_cents > 2000000
        and draw(invoices.invoice_no, 'instalments', 100) < 14
)

select
    invoice_no,
    instalment_no,
    due_date + 30 * (instalment_no - 1) as due_date,
    [first_cents, second_cents, gross_cents - first_cents - second_cents][instalment_no] as amount_cents,
from agreed
cross join (values (1), (2), (3)) as parts (instalment_no)
