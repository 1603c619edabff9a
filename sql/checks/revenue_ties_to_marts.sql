-- Revenue of all months = valid order lines less returns up to $as_of, added up without any slice or calendar.
with
published as (
    select coalesce(sum(numerator), 0) as amount
    from metrics.metric_values
    where metric = 'revenue' and segment_count = 0
),

computed as (
    select
        (
            select coalesce(sum(base_net_amount), 0)
            from marts.fct_order_lines
            where is_valid and order_date <= $as_of
        ) - (
            select coalesce(sum(base_amount), 0)
            from marts.fct_returns
            where return_date <= $as_of
        ) as amount
)

select
    published.amount as published_amount,
    computed.amount as computed_amount
from published
cross join computed
where published.amount <> computed.amount
