-- One row is one customer and currency in one month up to $as_of: what was booked, returned and invoiced, including tax,
-- and by how much the gap between them grew or shrank, by reason. In the document's currency
-- booked + returned - waiting - under + over + without_order = invoiced, order by order and so in total.
-- - waiting: orders without any invoice yet; under: orders with one, not fully invoiced; over: invoiced beyond the order;
-- - without_order: invoices of no known order of that customer and currency.
with
amounts as (
    select
        *,
        (greatest(remaining_amount, 0) * (has_booking and not has_invoice)::integer)::decimal(18, 4) as waiting_amount,
        (greatest(remaining_amount, 0) * (has_booking and has_invoice)::integer)::decimal(18, 4) as under_amount,
        (greatest(-remaining_amount, 0) * has_booking::integer)::decimal(18, 4) as over_amount
    from marts.order_invoice_months
),

changes as (
    select
        *,
        waiting_amount - lag(waiting_amount, 1, 0) over by_order as waiting_change,
        under_amount - lag(under_amount, 1, 0) over by_order as under_change,
        over_amount - lag(over_amount, 1, 0) over by_order as over_change
    from amounts
    window by_order as (
        partition by order_id, customer_id, currency
        order by month_start
    )
)

select
    month_start,
    customer_id,
    currency,
    sum(booked_amount)::decimal(18, 4) as booked_amount,
    sum(base_booked_amount)::decimal(18, 4) as base_booked_amount,
    sum(returned_amount)::decimal(18, 4) as returned_amount,
    sum(base_returned_amount)::decimal(18, 4) as base_returned_amount,
    sum(waiting_change)::decimal(18, 4) as waiting_change,
    sum(
        case when currency = $base_currency then waiting_change else round(waiting_change::decimal(38, 4) * fx_rate, 4) end
    )::decimal(18, 4) as base_waiting_change,
    sum(under_change)::decimal(18, 4) as under_change,
    sum(
        case when currency = $base_currency then under_change else round(under_change::decimal(38, 4) * fx_rate, 4) end
    )::decimal(18, 4) as base_under_change,
    sum(over_change)::decimal(18, 4) as over_change,
    sum(
        case when currency = $base_currency then over_change else round(over_change::decimal(38, 4) * fx_rate, 4) end
    )::decimal(18, 4) as base_over_change,
    coalesce(sum(invoiced_amount) filter (where not has_booking), 0)::decimal(18, 4) as without_order_amount,
    coalesce(sum(base_invoiced_amount) filter (where not has_booking), 0)::decimal(18, 4) as base_without_order_amount,
    sum(invoiced_amount)::decimal(18, 4) as invoiced_amount,
    sum(base_invoiced_amount)::decimal(18, 4) as base_invoiced_amount
from changes
group by all
