-- One row is one day, from the year before the first document to the year after $as_of or the last document, so that
-- every period of every calendar is there whole. A period is named by its first day.
-- - fiscal years start on the first of month $fiscal_start;
-- - closing months (月结) end on day $month_close_day of a month, 0 being the month's last day;
-- - 4-4-5 years start on the Monday of the week that holds the 4th of month $fiscal_start (the ISO year when that is
--   January); a 53rd week belongs to the twelfth month.
-- is_workday is Monday to Friday but for public holidays, and the weekend days worked in their place (调休), of the country
-- of setting holiday_country ($holiday_dates with their names, $working_weekends); of no country, Monday to Friday.
-- What a government has not announced yet (调休 of coming years) is not known: those days follow the week.
with
seen as (
    select min(order_date) as first_date, max(order_date) as last_date from staging.stg_orders
    union all
    select min(return_date), max(return_date) from staging.stg_returns
    union all
    select min(created_date), max(created_date) from staging.stg_leads
    union all
    select min(invoice_date), max(invoice_date) from staging.stg_invoices
    union all
    select min(payment_date), max(payment_date) from staging.stg_payments
),

bounds as (
    select
        make_date(extract(year from coalesce(min(first_date), $as_of))::integer - 1, 1, 1) as first_day,
        make_date(extract(year from greatest(max(last_date), $as_of))::integer + 1, 12, 31) as last_day
    from seen
),

days as (
    select unnest(generate_series(first_day, last_day, interval 1 day))::date as day
    from bounds
),

holidays as (
    select
        unnest($holiday_dates::date[]) as holiday_date,
        unnest($holiday_names_zh::varchar[]) as holiday_zh,
        unnest($holiday_names_en::varchar[]) as holiday_en
),

working_weekends as (
    select unnest($working_weekends::date[]) as working_date
),

retail_years as (
    select
        day,
        case
            when day >= date_trunc('week', make_date(extract(year from day)::integer + 1, $fiscal_start, 4))
                then date_trunc('week', make_date(extract(year from day)::integer + 1, $fiscal_start, 4))
            when day >= date_trunc('week', make_date(extract(year from day)::integer, $fiscal_start, 4))
                then date_trunc('week', make_date(extract(year from day)::integer, $fiscal_start, 4))
            else date_trunc('week', make_date(extract(year from day)::integer - 1, $fiscal_start, 4))
        end::date as retail_year_start
    from days
),

retail_weeks as (
    select
        day,
        retail_year_start,
        date_diff('day', retail_year_start, day) // 7 as retail_week
    from retail_years
)

select
    day as date,
    date_trunc('week', day)::date as week_start,
    date_trunc('month', day)::date as month_start,
    date_trunc('quarter', day)::date as quarter_start,
    date_trunc('year', day)::date as year_start,
    (
        date_trunc('year', day - to_months($fiscal_start - 1)) + to_months($fiscal_start - 1)
    )::date as fiscal_year_start,
    (
        date_trunc('quarter', day - to_months($fiscal_start - 1)) + to_months($fiscal_start - 1)
    )::date as fiscal_quarter_start,
    case
        when $month_close_day = 0 then date_trunc('month', day)
        when extract(day from day) > $month_close_day then date_trunc('month', day) + to_days($month_close_day)
        else date_trunc('month', day) - interval 1 month + to_days($month_close_day)
    end::date as closing_month_start,
    retail_year_start,
    (
        retail_year_start + 7 * case
            when retail_week < 4 then 0
            when retail_week < 8 then 4
            when retail_week < 13 then 8
            when retail_week < 17 then 13
            when retail_week < 21 then 17
            when retail_week < 26 then 21
            when retail_week < 30 then 26
            when retail_week < 34 then 30
            when retail_week < 39 then 34
            when retail_week < 43 then 39
            when retail_week < 47 then 43
            else 47
        end
    )::date as retail_month_start,
    (retail_week + 1)::integer as retail_week,
    day = last_day(day) as is_month_end,
    (extract(isodow from day) < 6 and holiday_date is null) or working_date is not null as is_workday,
    holiday_date is not null as is_holiday,
    holiday_zh,
    holiday_en
from retail_weeks
left join holidays on day = holiday_date
left join working_weekends on day = working_date
