-- One row is one class of customers by revenue of the last 12 months, none below zero; the rule: sql/marts/dim_customer_scores.sql.
select
    abc_class,
    count(*) as customer_count,
    sum(greatest(trailing_revenue_amount, 0))::decimal(18, 4) as amount
from marts.dim_customer_scores
where abc_class is not null
group by abc_class
order by abc_class
