-- One row is a day of the demo's span with the weight of business done on it: growth, season, weekday, month end,
-- the Spring Festival and the National Day weeks. Whole numbers only, so that every machine agrees.
with festivals as (
    select unnest([
        date '2018-02-16', date '2019-02-05', date '2020-01-25', date '2021-02-12', date '2022-02-01',
        date '2023-01-22', date '2024-02-10', date '2025-01-29', date '2026-02-17', date '2027-02-06',
        date '2028-01-26', date '2029-02-13', date '2030-02-03'
    ]) as new_year_date
),

calendar as (
    select unnest(generate_series($begin_date::timestamp, $end_date::timestamp, interval 1 day))::date as date
),

dated as (
    select
        calendar.date,
        date_diff('day', $begin_date, calendar.date) as day_no,
        min(abs(date_diff('day', festivals.new_year_date, calendar.date))) as festival_distance,
    from calendar
    cross join festivals
    group by all
)

select
    date,
    day_no,
    -- Growth of about one percent a month on the first month's business.
    (3000 + day_no)
    * [95, 84, 108, 104, 102, 112, 94, 92, 108, 100, 118, 126][month(date)]
    * [100, 104, 102, 100, 92, 30, 12][isodow(date)]
    * case when festival_distance <= 4 then 8 when festival_distance <= 10 then 45 else 100 end
    * case when month(date) = 10 and day(date) <= 7 then 30 else 100 end
    * case when date_diff('day', date, last_day(date)) < 5 then 125 else 100 end as weight,
from dated
