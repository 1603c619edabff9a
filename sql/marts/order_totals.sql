-- One row is one order and validity of its lines (is_valid true: the lines that count; false: its draft or cancelled
-- lines): their amounts added up, and what the header says, before anything is joined.
-- Header fields are the same on every line; where they are not, the smallest counts and has_conflicting_header says so.
select
    order_id,
    is_valid,
    min(order_date) as order_date,
    min(customer_id) as customer_id,
    min(currency) as currency,
    min(fx_rate) as fx_rate,
    min(status) as status,
    bool_and(is_cancelled) as is_cancelled,
    min(region) as region,
    min(channel) as channel,
    min(sales_rep) as sales_rep,
    min(contract_id) as contract_id,
    min(lead_id) as lead_id,
    min(customer_order_no) as customer_order_no,
    min(confirmed_date) as confirmed_date,
    max(promised_date) as promised_date,
    min(shipped_date) as shipped_date,
    case when bool_and(delivered_date is not null) then max(delivered_date) end as delivered_date,
    count(*) filter (where has_lines) as line_count,
    sum(quantity)::decimal(18, 4) as quantity,
    sum(quantity_delivered)::decimal(18, 4) as quantity_delivered,
    sum(gross_amount)::decimal(18, 4) as gross_amount,
    sum(net_amount)::decimal(18, 4) as net_amount,
    sum(tax_amount)::decimal(18, 4) as tax_amount,
    sum(base_net_amount)::decimal(18, 4) as base_net_amount,
    sum(
        case when currency = $base_currency then gross_amount else round(gross_amount::decimal(38, 4) * fx_rate, 4) end
    )::decimal(18, 4) as base_gross_amount,
    sum(
        case when currency = $base_currency then tax_amount else round(tax_amount::decimal(38, 4) * fx_rate, 4) end
    )::decimal(18, 4) as base_tax_amount,
    coalesce(min(order_date) <> max(order_date)
        or min(customer_id) <> max(customer_id)
        or min(currency) <> max(currency), false) as has_conflicting_header,
    min(file_no) as file_no,
    min(source_row) as source_row
from staging.stg_orders
group by order_id, is_valid
