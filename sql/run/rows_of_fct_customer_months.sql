-- One row is one order behind a row of marts.fct_customer_months, with the order's own row. What a customer's month is
-- counted by (row_weight) and what it has once (kept_amount) stand on the month's first order alone; the amounts of its
-- orders are their own. Both add up to the month's.
with
orders as (
    select
        orders.customer_id,
        date_trunc('month', orders.order_date)::date as month_start,
        orders.base_net_amount,
        orders.file_no,
        orders.source_row,
        row_number() over (
            partition by orders.customer_id, month_start
            order by orders.order_date, orders.order_id
        ) = 1 as is_first
    from marts.fct_orders as orders
    cross join metrics.build_settings as settings
    where orders.is_valid and orders.has_value and orders.customer_id is not null and orders.order_date <= settings.as_of
)

select
    months.* exclude (base_net_amount, kept_amount),
    orders.base_net_amount,
    case when orders.is_first then months.kept_amount else 0 end::decimal(18, 4) as kept_amount,
    orders.is_first::integer as row_weight,
    orders.file_no,
    orders.source_row
from marts.fct_customer_months as months
-- Fans out on purpose: a customer's month holds all its orders.
inner join orders on months.customer_id = orders.customer_id and months.month_start = orders.month_start
