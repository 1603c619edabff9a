-- One row is one month end up to $as_of, from the first document on: the last day of the natural month, or the closing day
-- $month_close_day where one is set (the last day of months that are shorter). month_no counts months on: year x 12 + month.
with
bounds as (
    select
        date_trunc('month', min(change_date)) as first_month,
        date_trunc('month', $as_of::date) as last_month
    from marts.receivable_changes
),

months as (
    select unnest(generate_series(first_month, last_month + interval 1 month, interval 1 month))::date as month_start
    from bounds
),

month_ends as (
    select
        (year(month_start) * 12 + month(month_start))::integer as month_no,
        case
            when $month_close_day between 1 and day(last_day(month_start)) then month_start + ($month_close_day::integer - 1)
            else last_day(month_start)
        end as month_end
    from months
)

select
    month_no,
    month_end
from month_ends
where month_end <= $as_of
