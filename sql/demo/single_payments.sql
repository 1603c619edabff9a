-- One row is money, or what stands for money, meant for one invoice by a customer who pays invoice by invoice.
-- `applied_cents` is what the invoice takes of it; the rest of an overpayment stays unapplied until it is refunded.
with plain as (
    -- In full; less the credit note when that came first.
    select
        invoice_no,
        1 as part_no,
        'payment' as kind,
        payment_date,
        gross_cents - if(credit_date < payment_date, credit_cents, 0) as amount_cents,
    from demo.intended_payments
    where outcome in ('full', 'advance')
),

parts as (
    select
        invoice_no,
        part_no,
        'payment' as kind,
        payment_date + (part_no - 1) * (15 + draw(invoice_no, 'second', 30)) as payment_date,
        if(part_no = 1, gross_cents * 4 // 10, gross_cents - gross_cents * 4 // 10) as amount_cents,
    from demo.intended_payments
    cross join (values (1), (2)) as halves (part_no)
    where outcome = 'two parts' or (outcome = 'one part' and part_no = 1)
),

-- Cash, and the small rest that never comes as cash.
reduced as (
    select
        invoice_no,
        part_no,
        case
            when part_no = 1 then 'payment'
            when outcome = 'discounted' then 'discount'
            when outcome = 'bank fee' then 'bank_fee'
            else 'write_off'
        end as kind,
        payment_date + if(part_no = 2 and outcome = 'rest written off', 40, 0) as payment_date,
        case outcome
            when 'discounted' then gross_cents * 2 // 100
            when 'bank fee' then 2500
            else 1 + gross_cents // 400
        end as rest_cents,
        if(part_no = 1, gross_cents - rest_cents, rest_cents) as amount_cents,
    from demo.intended_payments
    cross join (values (1), (2)) as halves (part_no)
    where outcome in ('discounted', 'bank fee', 'rest written off')
),

overpaid as (
    select
        invoice_no,
        part_no,
        if(part_no = 1, 'payment', 'refund') as kind,
        payment_date + (part_no - 1) * (20 + draw(invoice_no, 'refund days', 20)) as payment_date,
        100 * (5 + gross_cents // 100000) as extra_cents,
        if(part_no = 1, gross_cents + extra_cents, -extra_cents) as amount_cents,
        if(part_no = 1, gross_cents, 0) as applied_cents,
    from demo.intended_payments
    cross join (values (1), (2)) as halves (part_no)
    where
        outcome = 'overpaid'
        and (part_no = 1 or draw(invoice_no, 'refunded', 100) < 60)
),

in_instalments as (
    select
        planned.invoice_no,
        instalments.instalment_no as part_no,
        'payment' as kind,
        instalments.due_date + date_diff('day', planned.due_date, planned.payment_date)::integer as payment_date,
        instalments.amount_cents,
    from demo.intended_payments as planned
    inner join demo.instalments using (invoice_no)
    where
        planned.outcome = 'instalments'
        and (planned.payer_type <> 'bad' or instalments.instalment_no = 1)
),

-- A third of what is never paid is given up after a year.
given_up as (
    select
        invoice_no,
        1 as part_no,
        'write_off' as kind,
        due_date + 300 + draw(invoice_no, 'given up', 60) as payment_date,
        gross_cents - credit_cents as amount_cents,
    from demo.intended_payments
    where outcome = 'unpaid' and draw(invoice_no, 'hopeless', 100) < 33
),

everything as (
    from plain
    union all by name
    from parts
    union all by name
    select * exclude (rest_cents) from reduced
    union all by name
    select * exclude (extra_cents) from overpaid
    union all by name
    from in_instalments
    union all by name
    from given_up
),

same_amounts as (
    select
        customer_no,
        gross_cents,
        count(*) as invoice_count,
    from demo.intended_payments
    group by all
)

select
    planned.customer_no,
    planned.invoice_no,
    everything.part_no,
    everything.kind,
    if(
        planned.outcome = 'advance',
        greatest(planned.invoice_date - 3 - draw(planned.invoice_no, 'advance', 22), $begin_date),
        everything.payment_date
    ) as payment_date,
    everything.amount_cents,
    coalesce(everything.applied_cents, everything.amount_cents) as applied_cents,
    -- Who never names an invoice pays the exact amount of one; where two invoices have that amount, even they name it.
    -- A write-off always says of what.
    everything.kind <> 'payment' or planned.payment_style <> 'exact' or same_amounts.invoice_count > 1 as is_named,
    planned.payment_style = 'bulk' and planned.outcome = 'full' as is_bulk,
from everything
inner join demo.intended_payments as planned using (invoice_no)
inner join same_amounts
    on same_amounts.customer_no = planned.customer_no
    and same_amounts.gross_cents = planned.gross_cents
where everything.amount_cents <> 0
