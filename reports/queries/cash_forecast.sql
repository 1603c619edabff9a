-- One row is one currency and week on from the as-of date: what is expected to come in of what is open, and how much of it by the
-- customers' own habits; week 14 is later or never, 15 has no habit to go by. $customer is one customer's number, empty for all.
select
    currency,
    week_no,
    week_end,
    sum(forecast_amount)::decimal(18, 4) as forecast_amount,
    coalesce(sum(forecast_amount) filter (where habit = 'own'), 0)::decimal(18, 4) as own_habit_amount,
    count(distinct customer_id) as customers,
from marts.fct_cash_forecast
where origin_date = $as_of and ($customer = '' or customer_id = $customer)
group by all
order by currency, week_no
