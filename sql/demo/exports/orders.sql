-- One row is an order line; what belongs to the order stands on each of its lines.
with halves as (
    select
        *,
        -- Whole quantities without decimals, half kilograms with one.
        if(quantity_halves % 2 = 0, (quantity_halves // 2)::varchar, (quantity_halves // 2)::varchar || '.5') as quantity,
        -- One delivered line in fifty is a piece short.
        quantity_halves > 20 and draw(order_no * 8 + line_no, 'short', 100) < 2 as is_short,
    from demo.order_lines
),

first_leads as (
    select
        order_no,
        lead_no,
    from demo.leads
    where order_no is not null
)

select
    orders.order_id,
    lines.line_no,
    orders.order_date,
    customers.customer_id,
    products.product_id,
    products.product_name,
    products.specification,
    products.product_category,
    lines.quantity,
    money(lines.price_cents) as unit_price,
    money(lines.discount_cents) as discount_amount,
    if(amounts.order_discount_cents = 0, null, money(amounts.order_discount_cents)) as order_discount_amount,
    money(orders.tax_percent) as tax_rate,
    orders.status,
    orders.currency,
    orders.sales_rep,
    orders.region,
    orders.channel,
    orders.confirmed_date,
    orders.promised_date,
    orders.shipped_date,
    orders.delivered_date,
    case
        when orders.delivered_date is null then null
        when lines.is_short then (lines.quantity_halves // 2 - 1)::varchar
        else lines.quantity
    end as quantity_delivered,
    contracts.contract_id,
    'L' || lpad(first_leads.lead_no::varchar, 7, '0') as lead_id,
from demo.orders
inner join halves as lines on lines.order_no = orders.order_no
inner join demo.order_amounts as amounts on amounts.order_no = orders.order_no
inner join demo.customers on customers.customer_no = orders.customer_no
inner join demo.products on products.product_no = lines.product_no
left join demo.contracts
    on contracts.customer_no = orders.customer_no
    and contracts.contract_year = year(orders.order_date)
    and orders.order_date >= contracts.start_date
left join first_leads on first_leads.order_no = orders.order_no
order by orders.order_no, lines.line_no
