-- One row is one order (of one customer and currency) and a month up to $as_of in which it was booked, returned (below
-- zero) or invoiced, including tax. remaining_amount is what is booked less returned less invoiced by the end of the month,
-- in the document's currency: above zero still to invoice, below zero over-invoiced. has_invoice: one was issued by then;
-- has_booking: the order is known at all; invoices of no known order of that customer and currency share one row.
-- A return takes the tax of its order's rate with it, half up on whole units, as decimal / decimal gives DOUBLE.
with
units as (
    select
        returns.order_id,
        coalesce(returns.customer_id, 'unknown') as customer_id,
        returns.currency,
        date_trunc('month', returns.return_date)::date as month_start,
        returns.amount,
        returns.fx_rate,
        (returns.amount::decimal(38, 4) * 10000)::hugeint as amount_units,
        (orders.net_amount::decimal(38, 4) * 10000)::hugeint as net_units,
        (orders.tax_amount::decimal(38, 4) * 10000)::hugeint as tax_units
    from marts.fct_returns as returns
    left join marts.fct_orders as orders on returns.order_id = orders.order_id
    where returns.return_date <= $as_of
),

returned as (
    select
        * exclude (amount, amount_units, net_units, tax_units),
        (
            -amount - case
                when net_units > 0 then (2 * amount_units * tax_units + net_units) // (2 * net_units) * 0.0001
                else 0
            end
        )::decimal(18, 4) as returned_amount
    from units
),

events as (
    select
        order_id,
        coalesce(customer_id, 'unknown') as customer_id,
        currency,
        date_trunc('month', order_date)::date as month_start,
        (net_amount + tax_amount)::decimal(18, 4) as booked_amount,
        (base_net_amount + base_tax_amount)::decimal(18, 4) as base_booked_amount,
        0::decimal(18, 4) as returned_amount,
        0::decimal(18, 4) as base_returned_amount,
        0::decimal(18, 4) as invoiced_amount,
        0::decimal(18, 4) as base_invoiced_amount,
        fx_rate,
        false as is_invoice
    from marts.fct_orders
    where is_valid and order_date <= $as_of

    union all

    select
        order_id,
        customer_id,
        currency,
        month_start,
        0,
        0,
        returned_amount,
        round(returned_amount::decimal(38, 4) * fx_rate, 4),
        0,
        0,
        fx_rate,
        false
    from returned

    union all

    select
        coalesce(order_id, ''),
        customer_id,
        currency,
        date_trunc('month', invoice_date)::date,
        0,
        0,
        0,
        0,
        gross_amount,
        base_gross_amount,
        fx_rate,
        true
    from marts.fct_invoices
    where is_effective and invoice_date <= $as_of
),

months as (
    select
        order_id,
        customer_id,
        currency,
        month_start,
        sum(booked_amount)::decimal(18, 4) as booked_amount,
        sum(base_booked_amount)::decimal(18, 4) as base_booked_amount,
        sum(returned_amount)::decimal(18, 4) as returned_amount,
        sum(base_returned_amount)::decimal(18, 4) as base_returned_amount,
        sum(invoiced_amount)::decimal(18, 4) as invoiced_amount,
        sum(base_invoiced_amount)::decimal(18, 4) as base_invoiced_amount,
        coalesce(min(fx_rate) filter (where not is_invoice), min(fx_rate)) as fx_rate,
        bool_or(is_invoice) as is_invoiced,
        bool_or(not is_invoice) as is_booked
    from events
    group by all
)

select
    months.* exclude (is_invoiced, is_booked),
    (sum(booked_amount + returned_amount - invoiced_amount) over to_date)::decimal(18, 4) as remaining_amount,
    bool_or(is_invoiced) over to_date as has_invoice,
    bool_or(is_booked) over (partition by order_id, customer_id, currency) as has_booking
from months
window to_date as (
    partition by order_id, customer_id, currency
    order by month_start
    rows unbounded preceding
)
