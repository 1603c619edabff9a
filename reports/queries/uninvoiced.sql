-- One row is one window of days since the order, of valid orders that no effective invoice names: orders and amount
-- including tax in base currency. Nothing where no invoice names any order: then the exports can't tell.
with
invoiced_orders as (
    select distinct order_id
    from marts.fct_invoices
    where is_effective and order_id is not null and invoice_date <= $as_of
),

waiting as (
    select
        date_diff('day', orders.order_date, $as_of::date) as days,
        orders.base_net_amount + orders.base_tax_amount as amount,
    from marts.fct_orders as orders
    anti join invoiced_orders on orders.order_id = invoiced_orders.order_id
    where orders.is_valid and orders.has_value and orders.order_date <= $as_of
        and (len($sales_reps::varchar[]) = 0 or list_contains($sales_reps, orders.sales_rep))
),

placed as (
    select
        case when days <= 7 then 1 when days <= 15 then 2 when days <= 30 then 3 else 4 end as window_no,
        amount,
    from waiting
)

select
    ['within_7', 'within_15', 'within_30', 'over_30'][windows.window_no] as key,
    count(placed.window_no) as items,
    coalesce(sum(placed.amount), 0)::decimal(18, 4) as amount,
from generate_series(1, 4) as windows (window_no)
left join placed on windows.window_no = placed.window_no
where exists (select 1 from invoiced_orders)
group by windows.window_no
order by windows.window_no
