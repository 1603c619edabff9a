-- One row is one step of the month's way from booked to invoiced to collected, over all customers, in base currency
-- including tax. Steps and signs: sql/marts/fct_revenue_bridge.sql.
select
    step,
    sum(base_amount)::decimal(18, 4) as amount
from marts.fct_revenue_bridge
where month_start = $start
group by all
order by all
