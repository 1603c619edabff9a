-- One row is one payment line, negative where money went back, with what has been applied of it in the end (at every
-- date: marts.fct_payment_applications). unapplied_amount is the rest: an advance, an overpayment, or held (issue says why).
-- Pending, failed and disputed lines stay, with is_effective false and nothing applied.
-- customer_id is the account the line belongs to: the named invoice's customer, else the payer (payer_customer_id).
with
applied as (
    select
        payment_id,
        payment_line_no,
        sum(applied_amount) as applied_amount
    from marts.fct_payment_applications
    where payment_id is not null
    group by all
    union all
    select
        refund_payment_id,
        refund_line_no,
        -sum(applied_amount)
    from marts.fct_payment_applications
    where refund_payment_id is not null
    group by all
),

summed as (
    select
        payment_id,
        payment_line_no,
        sum(applied_amount)::decimal(18, 4) as applied_amount
    from applied
    group by all
)

select
    lines.* exclude (line_key, is_cash, match, event_date, named_date, named_amount, invoice_key),
    coalesce(summed.applied_amount, 0)::decimal(18, 4) as applied_amount,
    if(lines.is_effective, lines.amount - coalesce(summed.applied_amount, 0), 0)::decimal(18, 4) as unapplied_amount,
    rates.fx_rate,
    case
        when lines.currency = $base_currency then lines.amount
        else round(lines.amount::decimal(20, 4) * rates.fx_rate, 4)
    end::decimal(18, 4) as base_amount
from marts.payments_matched as lines
left join summed using (payment_id, payment_line_no)
left join marts.document_rates as rates
    on lines.currency = rates.currency
    and lines.payment_date = rates.document_date
