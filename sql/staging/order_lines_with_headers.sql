-- One row is one order line whose order was exported as two files, headers and lines, put together again; or one
-- header without any line, which stays an order (has_lines is false). Lines without a header are not here: they are
-- in staging.orders_without_header. A header exported twice counts once, the later one.
with
headers as (
    select *
    from raw.order_headers
    qualify row_number() over (partition by order_id order by file_no desc, source_row desc) = 1
)

select
    coalesce(lines.file_no, headers.file_no) as file_no,
    coalesce(lines.source_row, headers.source_row) as source_row,
    headers.order_id,
    headers.order_date,
    headers.customer_id,
    lines.quantity,
    lines.unit_price,
    lines.amount,
    lines.line_no,
    lines.product_id,
    lines.product_name,
    lines.specification,
    lines.product_category,
    lines.discount_amount,
    lines.tax_rate,
    lines.tax_amount,
    headers.status,
    coalesce(headers.currency, lines.currency) as currency,
    headers.sales_rep,
    headers.region,
    headers.channel,
    headers.confirmed_date,
    headers.promised_date,
    headers.shipped_date,
    headers.delivered_date,
    lines.quantity_delivered,
    headers.contract_id,
    headers.lead_id,
    headers.order_discount_amount,
    lines.discount_rate,
    lines.price_includes_tax,
    headers.customer_order_no,
    headers.customer_name,
    lines.order_id is not null as has_lines
from headers
-- Fans out on purpose: one header, all its lines.
left join raw.order_lines as lines on headers.order_id = lines.order_id
