-- One row is one reviewed order: its latest review, 1 to 5. A review without a date counts on its order's date; one whose
-- order is in no export, on no date.
select
    reviews.order_id,
    coalesce(reviews.review_date, orders.order_date) as review_date,
    reviews.score,
    reviews.score >= 4 as is_satisfied,
    orders.customer_id,
    coalesce(orders.region, 'unknown') as region,
    coalesce(orders.channel, 'unknown') as channel,
    coalesce(orders.sales_rep, 'unknown') as sales_rep,
    reviews.file_no,
    reviews.source_row
from staging.stg_reviews as reviews
left join marts.fct_orders as orders on reviews.order_id = orders.order_id
where not reviews.is_repeated
