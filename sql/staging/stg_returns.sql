-- One row is one return line, excluding tax, positive. It counts on its return date, in its own period.
-- Who, where and in which currency: what the row says, else what its order says. An amount that is not given is the
-- quantity returned at the net price paid: of the order's line of that number, else of its lines of that product, else of
-- the whole order; where the order is not known, at the product's list price (is_amount_derived).
-- Exact division is done on whole units (10000 a currency unit), half up.
with
needed as (
    select distinct order_id
    from raw.returns
),

sold as (
    select lines.*
    from staging.stg_orders as lines
    semi join needed on lines.order_id = needed.order_id
),

orders as (
    select
        order_id,
        min(customer_id) as customer_id,
        min(currency) as currency,
        min(sales_rep) as sales_rep,
        min(region) as region,
        min(channel) as channel,
        sum(net_amount) as net_amount,
        sum(quantity) as quantity
    from sold
    group by order_id
),

order_products as (
    select
        order_id,
        product_id,
        min(product_category) as product_category,
        sum(net_amount) as net_amount,
        sum(quantity) as quantity
    from sold
    where product_id is not null
    group by order_id, product_id
),

order_numbers as (
    select
        order_id,
        line_no,
        min(product_category) as product_category,
        sum(net_amount) as net_amount,
        sum(quantity) as quantity
    from sold
    where line_no is not null
    group by order_id, line_no
),

matched as (
    select
        returns.* exclude (amount, customer_id, currency, sales_rep, region, channel),
        returns.amount as amount_entered,
        coalesce(returns.customer_id, orders.customer_id) as customer_id,
        coalesce(returns.currency, orders.currency, $base_currency) as currency,
        coalesce(returns.sales_rep, orders.sales_rep) as sales_rep,
        coalesce(returns.region, orders.region) as region,
        coalesce(returns.channel, orders.channel) as channel,
        -- As the line was sold, also where that says none: what is taken back must come off where it was booked.
        case
            when order_numbers.order_id is not null then order_numbers.product_category
            when order_products.order_id is not null then order_products.product_category
            else products.product_category
        end as product_category,
        orders.order_id is not null as has_order,
        coalesce(order_numbers.net_amount, order_products.net_amount, orders.net_amount) as sold_amount,
        coalesce(order_numbers.quantity, order_products.quantity, orders.quantity) as sold_quantity,
        case when orders.order_id is null then products.unit_price end as list_price
    from raw.returns as returns
    left join orders on returns.order_id = orders.order_id
    left join order_numbers
        on returns.order_id = order_numbers.order_id and returns.line_no = order_numbers.line_no
    left join order_products
        on returns.order_id = order_products.order_id and returns.product_id = order_products.product_id
    left join staging.stg_products as products
        on returns.product_id = products.product_id and not products.is_repeated
),

units as (
    select
        *,
        (quantity::decimal(38, 4) * 10000)::hugeint as quantity_units,
        (sold_amount::decimal(38, 4) * 10000)::hugeint as sold_units,
        (sold_quantity::decimal(38, 4) * 10000)::hugeint as sold_quantity_units
    from matched
),

valued as (
    select
        * exclude (amount_entered, sold_amount, sold_quantity, list_price, quantity_units, sold_units, sold_quantity_units),
        case
            when amount_entered is not null then amount_entered
            when sold_quantity_units > 0
                then (quantity_units * sold_units * 2 + sold_quantity_units) // (2 * sold_quantity_units) * 0.0001
            else round(quantity::decimal(38, 4) * list_price, 4)
        end::decimal(18, 4) as amount,
        amount_entered is null as is_amount_derived
    from units
)

select
    valued.*,
    case when valued.currency = $base_currency then 1 else spans.rate end::decimal(18, 8) as fx_rate,
    case
        when valued.currency = $base_currency then valued.amount
        else round(valued.amount::decimal(38, 4) * spans.rate, 4)
    end::decimal(18, 4) as base_amount
from valued
left join staging.fx_rate_spans as spans
    on valued.currency = spans.currency
    and valued.return_date >= spans.valid_from
    and valued.return_date < spans.valid_to
