-- One row is one order that has shipments. It is delivered when every shipment is, on the day of the last; planned
-- shipments count as not delivered.
select
    order_id,
    count(*) as shipment_count,
    min(shipped_date) as shipped_date,
    case when bool_and(delivered_date is not null) then max(delivered_date) end as delivered_date,
    sum(quantity) filter (where delivered_date is not null) as quantity_delivered,
    count(*) filter (where status = 'exception' or exception_type is not null) as exception_count
from staging.stg_deliveries
group by order_id
