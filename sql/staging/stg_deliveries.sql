-- One row is one shipment of an order, or of one of its lines. A shipment without a status is delivered when it has a
-- delivery date, else shipped.
select
    * exclude (status),
    case
        when status is not null then status
        when delivered_date is not null then 'delivered'
        else 'shipped'
    end as status
from raw.deliveries
