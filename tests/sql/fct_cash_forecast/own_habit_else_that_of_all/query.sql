select
    customer_id,
    currency,
    week_no,
    week_end,
    habit,
    forecast_amount,
from marts.fct_cash_forecast
where origin_date = date '2026-03-31'
