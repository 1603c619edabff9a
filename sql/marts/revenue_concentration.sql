-- One row is one number of customers (the 1, 3, 5, 10, 20, 50 and 100 largest by revenue of the last 12 months up to $as_of,
-- net of returns; customers whose returns outweigh their orders count as 0): what they bought and their share of the
-- whole. Of equal revenue the first customer number counts. Sizes beyond the number of buying customers are left out.
with
revenues as (
    select
        customer_id,
        greatest(trailing_revenue_amount, 0) as amount
    from marts.dim_customer_scores
),

totals as (
    select
        count(*) filter (where amount > 0) as customer_count,
        sum(amount) as total_amount
    from revenues
),

placed as (
    select
        revenues.amount,
        totals.customer_count,
        totals.total_amount,
        row_number() over (order by revenues.amount desc, revenues.customer_id) as place
    from revenues
    cross join totals
)

select
    sizes.top_count,
    placed.customer_count,
    sum(placed.amount)::decimal(18, 4) as amount,
    placed.total_amount::decimal(18, 4) as total_amount,
    (
        (2000000 * (sum(placed.amount) * 10000)::hugeint + (placed.total_amount * 10000)::hugeint)
        // (2 * (placed.total_amount * 10000)::hugeint) * 0.000001
    )::decimal(9, 6) as share
from placed
inner join (values (1), (3), (5), (10), (20), (50), (100)) as sizes (top_count)
    on placed.place <= sizes.top_count
    and sizes.top_count <= placed.customer_count
where placed.total_amount > 0
group by sizes.top_count, placed.customer_count, placed.total_amount
