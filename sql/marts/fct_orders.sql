-- One row is one order, valid or not. Its amounts are those of its valid lines (cancelled lines of a living order count
-- in no order figure); an order all draft or all cancelled keeps the value of its lines, with is_valid false.
-- Net excludes tax and is before returns. What happens after $as_of has not happened: an order delivered later is open.
-- - is_completed: valid, and delivered by $as_of; where no delivery is dated, of status completed or delivered.
-- - is_due: counts in the completion rate: completed, cancelled, or valid and past its promise.
-- - is_on_time: delivered by the promised day; late when past due and open; null when not yet due, without promise,
--   completed on a day that nothing tells, or not valid. is_in_full: all pieces ordered were delivered, where the export says
--   how many.
-- - order_sequence: 1 for a customer's first valid order of positive value, and so on; day_sequence counts the days with such
--   orders, so that two orders of one day are one purchase; days_since_previous_day is the time between those days.
--   All null for other orders.
-- - is_confirmed: valid, and confirmed by $as_of; without that date, of a status beyond draft. amendment_count counts what
--   was changed after that (fct_order_amendments).
-- - is_open: valid, placed by $as_of, neither completed nor delivered; open_age is its age in days, in classes.
with
-- Orders all draft or all cancelled.
void as (
    select order_id
    from (from marts.order_totals where not is_valid) as refused
    anti join (from marts.order_totals where is_valid) as valid using (order_id)
),

placed as not materialized (
    select
        totals.* exclude (shipped_date, delivered_date, quantity_delivered),
        totals.net_amount > 0 as has_value,
        coalesce(totals.shipped_date, deliveries.shipped_date) as shipped_date,
        coalesce(totals.delivered_date, deliveries.delivered_date) as delivered_date,
        coalesce(totals.quantity_delivered, deliveries.quantity_delivered) as quantity_delivered,
        coalesce(deliveries.exception_count, 0) as exception_count,
        coalesce(totals.delivered_date, deliveries.delivered_date) <= $as_of as is_delivered
    from marts.order_totals as totals
    left join marts.order_deliveries as deliveries on totals.order_id = deliveries.order_id
    where totals.is_valid or totals.order_id in (from void)
),

amendments as (
    select
        order_id,
        count(*) as amendment_count
    from marts.fct_order_amendments
    group by order_id
),

sequenced as (
    select
        order_id,
        row_number() over (partition by customer_id order by order_date, order_id) as order_sequence,
        dense_rank() over (partition by customer_id order by order_date) as day_sequence,
        date_diff(
            'day', lag(order_date) over (partition by customer_id order by order_date, order_id), order_date
        ) as days_since_previous
    from placed
    where is_valid and has_value and customer_id is not null
)

select
    orders.order_id,
    orders.order_date,
    orders.customer_id,
    orders.status,
    orders.is_valid,
    orders.is_cancelled,
    orders.has_value,
    orders.currency,
    orders.fx_rate,
    coalesce(orders.sales_rep, customers.sales_rep, 'unknown') as sales_rep,
    coalesce(orders.region, customers.region, 'unknown') as region,
    coalesce(orders.channel, customers.channel, 'unknown') as channel,
    orders.line_count,
    orders.quantity,
    orders.gross_amount,
    orders.gross_amount - orders.net_amount as discount_amount,
    orders.net_amount,
    orders.tax_amount,
    orders.base_gross_amount,
    orders.base_gross_amount - orders.base_net_amount as base_discount_amount,
    orders.base_net_amount,
    orders.base_tax_amount,
    orders.confirmed_date,
    orders.promised_date,
    orders.shipped_date,
    orders.delivered_date,
    orders.quantity_delivered,
    orders.exception_count,
    orders.is_valid
        and coalesce(orders.is_delivered, orders.status in ('completed', 'delivered'), false) as is_completed,
    orders.is_cancelled or is_completed or (orders.is_valid and coalesce(orders.promised_date < $as_of, false)) as is_due,
    case
        when not orders.is_valid or orders.promised_date is null then null
        when orders.is_delivered then orders.delivered_date <= orders.promised_date
        when orders.promised_date < $as_of and not is_completed then false
    end as is_on_time,
    orders.quantity_delivered >= orders.quantity as is_in_full,
    case when orders.is_valid and orders.is_delivered
        then date_diff('day', orders.order_date, orders.delivered_date)
    end as delivery_days,
    case when orders.is_valid and orders.is_delivered
        then date_diff('day', orders.confirmed_date, orders.delivered_date)
    end as delivery_days_from_confirmation,
    orders.customer_order_no,
    sequenced.order_sequence,
    sequenced.day_sequence,
    nullif(sequenced.days_since_previous, 0) as days_since_previous_day,
    coalesce(sequenced.order_sequence = 1, false) as is_first_order,
    orders.is_valid
        and coalesce(orders.confirmed_date <= $as_of, orders.status not in ('draft', 'cancelled'), false) as is_confirmed,
    coalesce(amendments.amendment_count, 0) as amendment_count,
    case
        when sequenced.order_sequence = 1 then 'new'
        when sequenced.order_sequence > 1 then 'existing'
        else 'unknown'
    end as customer_history,
    orders.is_valid and not is_completed and orders.order_date <= $as_of as is_open,
    case when is_open and orders.promised_date < $as_of
        then date_diff('day', orders.promised_date, $as_of)
    end as days_past_promise,
    case
        when not is_open then null
        when date_diff('day', orders.order_date, $as_of) <= 7 then '0-7'
        when date_diff('day', orders.order_date, $as_of) <= 30 then '8-30'
        when date_diff('day', orders.order_date, $as_of) <= 90 then '31-90'
        else '>90'
    end as open_age,
    orders.lead_id,
    orders.contract_id,
    orders.has_conflicting_header,
    orders.file_no,
    orders.source_row
from placed as orders
left join sequenced on orders.order_id = sequenced.order_id
left join amendments on orders.order_id = amendments.order_id
left join staging.stg_customers as customers
    on orders.customer_id = customers.customer_id and not customers.is_repeated
