-- One row is one regular customer that has gone quiet against its own rhythm; the rule: sql/marts/customer_rhythms.sql.
select
    customers.customer_id,
    coalesce(customers.customer_name, '') as customer_name,
    customers.trailing_revenue_amount,
    rhythms.days_since_last as days_since,
    rhythms.mean_gap_days as usual_days,
from marts.customer_rhythms as rhythms
inner join marts.dim_customers as customers on rhythms.customer_id = customers.customer_id
where rhythms.is_quiet
order by customers.trailing_revenue_amount desc, customers.customer_id
