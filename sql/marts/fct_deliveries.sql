-- One row is one shipment, with what its order promised. A shipment whose order is in no export stays (has_order false).
-- is_on_time compares dates, not moments: null while not delivered and not past the promise, or without a promise.
select
    deliveries.delivery_id,
    deliveries.order_id,
    deliveries.line_no,
    orders.customer_id,
    orders.order_date,
    orders.confirmed_date,
    orders.promised_date,
    deliveries.shipped_date,
    deliveries.delivered_date,
    deliveries.quantity,
    deliveries.carrier,
    deliveries.tracking_no,
    deliveries.status,
    coalesce(
        deliveries.exception_type,
        case when deliveries.status = 'exception' then 'unknown' end
    ) as exception_type,
    deliveries.exception_note,
    deliveries.status = 'exception' or deliveries.exception_type is not null as has_exception,
    case
        when deliveries.delivered_date <= $as_of then deliveries.delivered_date <= orders.promised_date
        when orders.promised_date < $as_of then false
    end as is_on_time,
    case
        when deliveries.delivered_date <= $as_of then date_diff('day', orders.order_date, deliveries.delivered_date)
    end as delivery_days,
    coalesce(orders.region, 'unknown') as region,
    coalesce(orders.channel, 'unknown') as channel,
    coalesce(orders.sales_rep, 'unknown') as sales_rep,
    orders.order_id is not null as has_order,
    deliveries.file_no,
    deliveries.source_row
from staging.stg_deliveries as deliveries
left join marts.fct_orders as orders on deliveries.order_id = orders.order_id
