-- One row is a payment line as the export shows it: a line for each invoice named, one for each sum that names none.
-- Refunds go out, so they are negative, and name no invoice. Failed attempts come before some of the good ones.
with lines as (
    select
        payment_no,
        customer_no,
        if(is_named and kind <> 'refund', invoice_no, null) as invoice_no,
        kind,
        payment_date,
        sum(amount_cents)::bigint as amount_cents,
    from demo.payment_shares
    group by all
)

select
    lines.*,
    'succeeded' as status,
    'RC' || lpad(lines.payment_no::varchar, 9, '0') as payment_id,
from lines

union all by name

select
    lines.* exclude (payment_date),
    lines.payment_date - 1 as payment_date,
    'failed' as status,
    'RC' || lpad(lines.payment_no::varchar, 9, '0') || 'F' as payment_id,
from lines
where
    kind = 'payment'
    and draw(payment_no, 'failed', 1000) < 9
    and payment_date - 1 between $begin_date and $end_date
