-- One row is a month's leads: how many led to their customer's first valid order within the window.
select
    date_trunc('month', leads.created_date)::date as period_start,
    count(*) as leads,
    count(*) filter (
        leads.origin = 'first' and date_diff('day', leads.created_date, orders.order_date) < $conversion_window_days
    ) as converted,
    count(*) filter (leads.origin = 'existing') as existing_customers,
    last_day(period_start) + $conversion_window_days <= $end_date as is_mature,
from demo.leads
left join demo.orders on orders.order_no = leads.order_no
group by all
order by period_start
