-- One row is one currency and earlier month end: what the four weeks after it would have been forecast at, what came in of what
-- was open then, and all cash of these weeks. error_share is error ÷ collected.
select
    currency,
    origin_date,
    sum(forecast_amount)::decimal(18, 4) as forecast_amount,
    sum(collected_amount)::decimal(18, 4) as collected_amount,
    sum(error_amount)::decimal(18, 4) as error_amount,
    (sum(error_amount) / nullif(sum(collected_amount), 0))::decimal(18, 6) as error_share,
    sum(all_collected_amount)::decimal(18, 4) as all_collected_amount,
from marts.cash_forecast_errors
group by all
order by currency, origin_date
