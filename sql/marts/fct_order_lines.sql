-- One row is one order line with its value excluding tax, before returns: net = gross - discount. Drafts and cancelled
-- lines stay, with is_valid false, and count in no revenue. Lines of an order without any line in the exports (has_lines
-- false in staging) are left out: they are in fct_orders. What neither the line nor the customer file says is 'unknown'.
-- line_no is null where the export numbers no lines; file_no and source_row name the row.
select
    lines.order_id,
    lines.line_no,
    lines.order_date,
    lines.customer_id,
    lines.product_id,
    coalesce(lines.product_name, lines.product_id, 'unknown') as product_name,
    coalesce(lines.product_category, 'unknown') as product_category,
    lines.quantity,
    lines.unit_price,
    lines.gross_amount,
    lines.gross_amount - lines.net_amount as discount_amount,
    lines.net_amount,
    lines.tax_amount,
    lines.currency,
    lines.base_net_amount,
    case
        when lines.currency = $base_currency then lines.gross_amount - lines.net_amount
        else round(lines.gross_amount::decimal(38, 4) * lines.fx_rate, 4) - lines.base_net_amount
    end::decimal(18, 4) as base_discount_amount,
    lines.is_valid,
    lines.is_cancelled,
    coalesce(lines.region, customers.region, 'unknown') as region,
    coalesce(lines.channel, customers.channel, 'unknown') as channel,
    coalesce(lines.sales_rep, customers.sales_rep, 'unknown') as sales_rep,
    lines.file_no,
    lines.source_row
from staging.stg_orders as lines
left join staging.stg_customers as customers
    on lines.customer_id = customers.customer_id and not customers.is_repeated
where lines.has_lines
