-- One row is one currency and earlier month end: what the four weeks after it would have been forecast at, what came in of what
-- was open then, and all cash of these weeks. error_share is error ÷ collected.
select
    currency,
    origin_date,
    sum(forecast_amount)::decimal(18, 4) as forecast_amount,
    sum(collected_amount)::decimal(18, 4) as collected_amount,
    sum(error_amount)::decimal(18, 4) as error_amount,
    -- half up on whole units of 0.000001, as decimal / decimal gives DOUBLE
    if(
        sum(collected_amount) > 0,
        sign(sum(error_amount)) * (
            (2000000 * (abs(sum(error_amount)) * 10000)::hugeint + (sum(collected_amount) * 10000)::hugeint)
            // (2 * (sum(collected_amount) * 10000)::hugeint)
        ) * 0.000001,
        null
    )::decimal(18, 6) as error_share,
    sum(all_collected_amount)::decimal(18, 4) as all_collected_amount,
from marts.cash_forecast_errors
group by all
order by currency, origin_date
