-- Rows and amounts of the order lines in staging = those in the mart, per order date and currency: no join has dropped or
-- multiplied a line.
with
staged as (
    select
        order_date,
        currency,
        count(*) as line_count,
        sum(gross_amount) as gross_amount,
        sum(net_amount) as net_amount,
        sum(base_net_amount) as base_net_amount
    from staging.stg_orders
    where has_lines
    group by all
),

marted as (
    select
        order_date,
        currency,
        count(*) as line_count,
        sum(gross_amount) as gross_amount,
        sum(net_amount) as net_amount,
        sum(base_net_amount) as base_net_amount
    from marts.fct_order_lines
    group by all
)

select
    order_date,
    currency,
    staged.line_count as staged_line_count,
    marted.line_count as mart_line_count,
    staged.net_amount as staged_net_amount,
    marted.net_amount as mart_net_amount
from staged
full join marted using (order_date, currency)
where staged.line_count is distinct from marted.line_count
or staged.gross_amount is distinct from marted.gross_amount
or staged.net_amount is distinct from marted.net_amount
or staged.base_net_amount is distinct from marted.base_net_amount
