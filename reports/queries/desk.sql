-- One row is one thing for the back office to do: an open order past its promise, an order delivered but not invoiced, a
-- shipment with an exception, a contract that runs out within 30 days. Days count from the day it was due.
with
late_orders as (
    select
        'late_order' as kind,
        order_id as document_id,
        customer_id,
        base_net_amount + base_tax_amount as amount,
        promised_date as due_date,
        date_diff('day', promised_date, $as_of::date) as days,
        sales_rep,
        '' as note,
    from marts.fct_orders
    where is_valid and not is_completed and delivered_date is null and promised_date < $as_of and order_date <= $as_of
),

to_invoice as (
    select
        'to_invoice',
        order_id,
        customer_id,
        base_amount,
        since_date,
        days,
        sales_rep,
        '',
    from marts.invoice_issues
    where issue = 'delivered_not_invoiced'
),

exceptions as (
    select
        'exception',
        deliveries.order_id,
        deliveries.customer_id,
        orders.base_net_amount + orders.base_tax_amount,
        coalesce(deliveries.shipped_date, deliveries.promised_date),
        date_diff('day', coalesce(deliveries.shipped_date, deliveries.promised_date), $as_of::date),
        deliveries.sales_rep,
        coalesce(deliveries.exception_type, ''),
    from marts.fct_deliveries as deliveries
    left join marts.fct_orders as orders on deliveries.order_id = orders.order_id
    where deliveries.has_exception
        and deliveries.delivered_date is null
        and coalesce(deliveries.shipped_date, deliveries.promised_date) <= $as_of
),

contracts as (
    select
        'contract_ending',
        contract_id,
        customer_id,
        -- a contract in another currency has no rate of its own
        if(currency = $base_currency, amount, null),
        end_date,
        -days_left,
        sales_rep,
        '',
    from marts.contract_alerts
    where alert = 'running_out'
),

tasks as (
    select * from late_orders
    union all
    select * from to_invoice
    union all
    select * from exceptions
    union all
    select * from contracts
)

select
    tasks.kind,
    tasks.document_id,
    coalesce(dim.customer_name, tasks.customer_id, '') as customer_name,
    tasks.amount::decimal(18, 4) as amount,
    tasks.due_date,
    tasks.days,
    coalesce(tasks.sales_rep, dim.sales_rep, 'unknown') as owner,
    tasks.note,
from tasks
left join marts.dim_customers as dim on tasks.customer_id = dim.customer_id
where (len($sales_reps::varchar[]) = 0 or list_contains($sales_reps, coalesce(tasks.sales_rep, dim.sales_rep, 'unknown')))
order by tasks.kind, tasks.amount desc nulls last, tasks.document_id
