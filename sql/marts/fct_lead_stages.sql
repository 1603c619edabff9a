-- One row is one lead and how far it came up to $as_of: inquiry -> quote -> order -> paid. Later stages are part of earlier
-- ones, so no step passes 100 %: a converted lead counts as quoted whether or not its quote is in the export.
-- - is_ordered: converted, a first valid order within the window (fct_leads); is_paid: cash was applied to that order.
-- - days_to_quote, days_to_order and days_to_paid count from the lead; the steps between are days_quote_to_order and
--   days_order_to_paid. Null where a date of the two is not known, or before the other.
-- - is_reactivation: the customer had lapsed (no order for more than $lapsed_days days before the lead), and an order
--   within the window is credited to the lead. It is no conversion.
with
earlier_orders as (
    select
        leads.lead_id,
        max(orders.order_date) as earlier_order_date
    from marts.fct_leads as leads
    -- A customer has many orders; the group makes one row a lead of them again.
    inner join marts.fct_orders as orders
        on leads.customer_id = orders.customer_id
        and orders.order_date < leads.created_date
    where leads.is_existing_customer and orders.is_valid and orders.has_value
    group by leads.lead_id
)

select
    leads.lead_id,
    leads.created_date,
    leads.customer_id,
    leads.channel,
    leads.sales_rep,
    leads.region,
    leads.product_interest,
    leads.status,
    leads.lost_reason,
    leads.quoted_date,
    case when leads.is_converted then leads.converted_date end as ordered_date,
    case when leads.is_converted then payments.paid_date end as paid_date,
    leads.is_quoted or leads.is_converted as is_quoted,
    leads.is_converted as is_ordered,
    leads.is_converted and payments.paid_date is not null as is_paid,
    leads.is_credited
        and leads.is_existing_customer
        and coalesce(date_diff('day', earlier.earlier_order_date, leads.created_date) > $lapsed_days, false)
        as is_reactivation,
    case when leads.quoted_date >= leads.created_date
        then date_diff('day', leads.created_date, leads.quoted_date)
    end as days_to_quote,
    case when ordered_date >= leads.quoted_date then date_diff('day', leads.quoted_date, ordered_date) end
        as days_quote_to_order,
    date_diff('day', leads.created_date, ordered_date) as days_to_order,
    case when payments.paid_date >= ordered_date then date_diff('day', ordered_date, payments.paid_date) end
        as days_order_to_paid,
    case when payments.paid_date >= ordered_date then date_diff('day', leads.created_date, payments.paid_date) end
        as days_to_paid,
    leads.is_mature,
    leads.file_no,
    leads.source_row
from marts.fct_leads as leads
left join marts.order_payments as payments on leads.converted_order_id = payments.order_id
left join earlier_orders as earlier on leads.lead_id = earlier.lead_id
