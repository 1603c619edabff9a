-- What is applied of a payment line never exceeds it, at the end of any day, nor turns its sign.
with
sides as (
    select
        payment_id,
        payment_line_no,
        effective_date,
        applied_amount
    from marts.fct_payment_applications
    where payment_id is not null
    union all
    select
        refund_payment_id,
        refund_line_no,
        effective_date,
        -applied_amount
    from marts.fct_payment_applications
    where refund_payment_id is not null
),

days as (
    select
        payment_id,
        payment_line_no,
        effective_date,
        sum(sum(applied_amount)) over (
            partition by payment_id, payment_line_no
            order by effective_date
            rows unbounded preceding
        ) as applied_so_far
    from sides
    group by payment_id, payment_line_no, effective_date
)

select
    days.payment_id,
    days.payment_line_no,
    days.effective_date,
    days.applied_so_far,
    payments.amount
from days
left join marts.fct_payments as payments using (payment_id, payment_line_no)
where payments.payment_id is null
    or not payments.is_effective
    or days.effective_date < payments.payment_date
    or days.applied_so_far not between least(payments.amount, 0) and greatest(payments.amount, 0)
