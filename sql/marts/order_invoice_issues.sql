-- One row is one order whose invoices do not come to what was ordered less what came back, up to $as_of, including tax, in the
-- order's currency. remaining_amount: above zero still to invoice, below zero invoiced beyond it. Differences up to one cent
-- for each order line are rounding. Nothing where no invoice names any order: then the exports cannot tell. issue:
-- - delivered_not_invoiced: all delivered (or completed), no invoice at all; since: the day of delivery;
-- - under_invoiced: all delivered, invoiced for less;
-- - return_not_credited: invoiced beyond it by no more than what came back, so a credit note is missing; since: the return;
-- - over_invoiced: beyond even that.
with
orders as (
    select
        order_id,
        customer_id,
        currency,
        sum(booked_amount)::decimal(18, 4) as booked_amount,
        sum(returned_amount)::decimal(18, 4) as returned_amount,
        sum(invoiced_amount)::decimal(18, 4) as invoiced_amount,
        (sum(booked_amount) + sum(returned_amount) - sum(invoiced_amount))::decimal(18, 4) as remaining_amount,
        bool_or(has_invoice) as has_invoice
    from marts.order_invoice_months
    where has_booking
    group by all
    having remaining_amount <> 0
),

returns as (
    select
        order_id,
        max(return_date) as return_date
    from marts.fct_returns
    where return_date <= $as_of
    group by order_id
),

judged as (
    select
        orders.*,
        header.sales_rep,
        header.fx_rate,
        header.line_count,
        coalesce(header.delivered_date, header.shipped_date, header.promised_date, header.order_date) as since_date,
        returns.return_date,
        header.is_completed,
        0.01 * greatest(header.line_count, 1) as rounding_amount,
        case
            when orders.remaining_amount > 0 and not header.is_completed then null
            when orders.remaining_amount > 0 and not orders.has_invoice then 'delivered_not_invoiced'
            when abs(orders.remaining_amount) <= rounding_amount then null
            when orders.remaining_amount > 0 then 'under_invoiced'
            when orders.remaining_amount >= orders.returned_amount - rounding_amount then 'return_not_credited'
            else 'over_invoiced'
        end as issue
    from orders
    inner join marts.fct_orders as header
        on orders.order_id = header.order_id
        and header.is_valid
    left join returns on orders.order_id = returns.order_id
)

select
    issue,
    order_id,
    customer_id,
    currency,
    sales_rep,
    if(issue = 'return_not_credited', return_date, least(since_date, $as_of::date)) as since_date,
    booked_amount,
    returned_amount,
    invoiced_amount,
    remaining_amount,
    round(remaining_amount::decimal(38, 4) * fx_rate, 4)::decimal(18, 4) as base_remaining_amount
from judged
where issue is not null
    and (select count(order_id) from marts.fct_invoices where is_effective and order_id <> '' and invoice_date <= $as_of) > 0
