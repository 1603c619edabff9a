-- One row is one return line, excluding tax, on its return date: it lessens the revenue of that day, not of the order's.
-- What neither the return, its order nor the customer file says is 'unknown'.
select
    returns.return_id,
    returns.order_id,
    returns.line_no,
    returns.return_date,
    returns.customer_id,
    returns.product_id,
    coalesce(returns.product_category, 'unknown') as product_category,
    returns.quantity,
    returns.amount,
    returns.fx_rate,
    returns.base_amount,
    returns.currency,
    coalesce(returns.region, customers.region, 'unknown') as region,
    coalesce(returns.channel, customers.channel, 'unknown') as channel,
    coalesce(returns.sales_rep, customers.sales_rep, 'unknown') as sales_rep,
    coalesce(returns.reason, 'unknown') as reason,
    returns.has_order,
    returns.is_amount_derived,
    returns.file_no,
    returns.source_row
from staging.stg_returns as returns
left join staging.stg_customers as customers
    on returns.customer_id = customers.customer_id and not customers.is_repeated
