-- One row is one earlier month end, one currency and one of the four weeks after it: what would have been forecast then, with
-- only what was known then, and what came in. collected_amount: cash of that week for items that were open that day;
-- error_amount: forecast less that. all_collected_amount: all cash of the week, also for invoices issued since and advances,
-- which a forecast from open items cannot know.
with
origins as (
    select origin_date
    from marts.forecast_origins
    where not is_current
),

collected as (
    select
        origins.origin_date,
        applications.currency,
        ((date_diff('day', origins.origin_date, applications.effective_date) + 6) // 7)::integer as week_no,
        sum(applications.applied_amount) as collected_amount
    from marts.fct_payment_applications as applications
    asof inner join origins
        on applications.effective_date > origins.origin_date
    inner join marts.fct_payments as payments
        on applications.payment_id = payments.payment_id
        and applications.payment_line_no = payments.payment_line_no
    inner join marts.fct_invoices as invoices on applications.invoice_id = invoices.invoice_id
    where payments.kind = 'payment'
        and payments.payment_date > origins.origin_date
        and invoices.invoice_date <= origins.origin_date
        and applications.effective_date <= origins.origin_date + 28
    group by all
),

payments as (
    select
        origins.origin_date,
        payments.currency,
        ((date_diff('day', origins.origin_date, payments.payment_date) + 6) // 7)::integer as week_no,
        sum(payments.amount) as all_collected_amount
    from marts.fct_payments as payments
    asof inner join origins
        on payments.payment_date > origins.origin_date
    where payments.is_effective and payments.kind = 'payment' and payments.payment_date <= origins.origin_date + 28
    group by all
),

forecast as (
    select
        origin_date,
        currency,
        week_no,
        sum(forecast_amount) as forecast_amount
    from marts.fct_cash_forecast
    where week_no <= 4 and origin_date in (select origin_date from origins)
    group by all
)

select
    origin_date,
    currency,
    week_no,
    origin_date + 7 * week_no as week_end,
    coalesce(forecast.forecast_amount, 0)::decimal(18, 4) as forecast_amount,
    coalesce(collected.collected_amount, 0)::decimal(18, 4) as collected_amount,
    (coalesce(forecast.forecast_amount, 0) - coalesce(collected.collected_amount, 0))::decimal(18, 4) as error_amount,
    coalesce(payments.all_collected_amount, 0)::decimal(18, 4) as all_collected_amount
from forecast
full join collected using (origin_date, currency, week_no)
full join payments using (origin_date, currency, week_no)
