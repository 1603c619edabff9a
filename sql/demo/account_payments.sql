-- One row is the share of one invoice in a payment on account: sums that name no invoice, paid on a customer's monthly
-- day for everything due by then, oldest first, or ahead of the month by those who prepay. Because a payment always
-- covers the next invoices in the order (invoice date, due date, number), the published rule must find exactly these.
with planned as (
    select
        invoice_no,
        customer_no,
        invoice_date,
        due_date,
        invoice_id,
        gross_cents,
        payment_style,
        case
            when payment_style = 'prepaid' then date_trunc('month', invoice_date)::date - 2
            else date_trunc('month', due_date + draw(customer_no, 'pace', 40))::date
                + if(day(due_date + draw(customer_no, 'pace', 40)) <= 10, 9, 9 + 31)
        end as planned_date,
    from demo.invoices
    where
        colour = 'blue'
        and payment_style in ('account', 'prepaid')
),

ordered as (
    select
        *,
        -- Nothing is paid before what is older.
        greatest(max(planned_date) over older, $begin_date) as payment_date,
        row_number() over older as place,
    from planned
    window older as (
        partition by customer_no order by invoice_date, due_date, invoice_id rows unbounded preceding
    )
),

payments as (
    select
        customer_no,
        payment_date,
        max(place) as last_place,
    from ordered
    group by all
),

blocks as (
    select
        *,
        lead(payment_date) over (partition by customer_no order by payment_date) as next_payment_date,
    from payments
),

-- In one payment of four the last invoice is paid in part, and the rest of it with the next payment.
split as (
    select
        ordered.*,
        blocks.next_payment_date,
        case
            when
                ordered.place = blocks.last_place
                and ordered.payment_style = 'account'
                and draw(ordered.invoice_no, 'split', 100) < 25
                then ordered.gross_cents * 6 // 10
            else ordered.gross_cents
        end as first_cents,
    from ordered
    inner join blocks
        on blocks.customer_no = ordered.customer_no
        and blocks.payment_date = ordered.payment_date
)

select
    customer_no,
    invoice_no,
    1 as part_no,
    'payment' as kind,
    payment_date,
    first_cents as amount_cents,
    first_cents as applied_cents,
from split
where first_cents > 0

union all

select
    customer_no,
    invoice_no,
    2 as part_no,
    'payment' as kind,
    next_payment_date as payment_date,
    gross_cents - first_cents as amount_cents,
    gross_cents - first_cents as applied_cents,
from split
where
    first_cents < gross_cents
    and next_payment_date is not null

union all

-- A deposit beyond everything invoiced so far goes with the last payment of one prepaying customer in three.
select
    customer_no,
    null as invoice_no,
    3 as part_no,
    'payment' as kind,
    max(payment_date) as payment_date,
    100000 * (2 + draw(customer_no, 'deposit', 30))::bigint as amount_cents,
    0 as applied_cents,
from split
where
    payment_style = 'prepaid'
    and draw(customer_no, 'deposits', 100) < 34
group by all
