-- One row is a month's book rate of one US dollar in yuan, in hundredths: two decimals keep every conversion of cents
-- exact at four. Three months before the span and three after it are given too, for late and early documents.
with months as (
    select unnest(generate_series(
        date_trunc('month', $begin_date) - interval 3 month,
        date_trunc('month', $end_date) + interval 3 month,
        interval 1 month
    ))::date as month_start
)

select
    month_start,
    (702 + draw(date_diff('month', date '2000-01-01', month_start), 'rate', 24))::bigint as rate_hundredths,
from months
