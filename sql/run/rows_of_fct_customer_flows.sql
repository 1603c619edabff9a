-- One row is one customer counted in a row of marts.fct_customer_flows, with the row of the last order that makes it so:
-- closing_count of a customer who has ordered in the last days before one lapses, at the month's end or on the as-of date;
-- lapsed_count of one for whom those days were over in the month.
with
orders as (
    select
        orders.customer_id,
        orders.order_date,
        orders.file_no,
        orders.source_row,
        lead(orders.order_date) over (
            partition by orders.customer_id
            order by orders.order_date, orders.order_id
        ) as next_order_date
    from marts.fct_orders as orders
    cross join metrics.build_settings as settings
    where orders.is_valid and orders.has_value and orders.customer_id is not null and orders.order_date <= settings.as_of
),

spans as (
    select
        orders.*,
        settings.as_of,
        orders.order_date + settings.lapsed_days as last_buying_date,
        least(coalesce(orders.next_order_date, settings.as_of), settings.as_of) as known_until
    from orders
    cross join metrics.build_settings as settings
    where orders.next_order_date is null or orders.next_order_date > orders.order_date
),

months as (
    select
        dates.month_start,
        least(max(dates.date), any_value(settings.as_of)) as last_day
    from marts.dim_dates as dates
    cross join metrics.build_settings as settings
    where dates.month_start <= settings.as_of
    group by dates.month_start
)

select
    months.month_start,
    1 as closing_count,
    0 as lapsed_count,
    spans.file_no,
    spans.source_row
from spans
-- Fans out on purpose: a customer is one at every month end up to the last buying day.
inner join months
    on months.last_day between spans.order_date and spans.last_buying_date
    and months.last_day < coalesce(spans.next_order_date, date '9999-12-31')

union all

select
    date_trunc('month', spans.last_buying_date + 1)::date as month_start,
    0 as closing_count,
    1 as lapsed_count,
    spans.file_no,
    spans.source_row
from spans
where spans.last_buying_date + 1 <= spans.known_until
