-- Per customer and currency: all weeks of the forecast from $as_of add up to what is open net of credits (nothing where credits
-- are more), to the cent.
with
open_items as (
    select
        customer_id,
        currency,
        greatest(sum(open_amount), 0) as open_amount
    from marts.fct_receivables
    where is_open
    group by all
),

forecast as (
    select
        customer_id,
        currency,
        sum(forecast_amount) as forecast_amount
    from marts.fct_cash_forecast
    where origin_date = $as_of
    group by all
)

select
    customer_id,
    currency,
    coalesce(open_items.open_amount, 0) as expected_amount,
    coalesce(forecast.forecast_amount, 0) as found_amount
from open_items
full join forecast using (customer_id, currency)
where expected_amount <> found_amount
