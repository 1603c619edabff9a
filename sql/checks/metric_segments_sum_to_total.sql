-- The segments of a metric that adds up over segments sum to its total, in every month and by every slice.
with
sliced as (
    select
        metric_values.metric,
        metric_values.period_start,
        case
            when metric_values.region is not null then 'region'
            when metric_values.sales_rep is not null then 'sales_rep'
            when metric_values.channel is not null then 'channel'
            when metric_values.product_category is not null then 'product_category'
            else 'currency'
        end as slice,
        sum(metric_values.numerator) as segments_amount
    from metrics.metric_values as metric_values
    inner join metrics.definitions as definitions on metric_values.metric = definitions.metric
    where metric_values.segment_count = 1 and definitions.is_additive_over_segments
    group by all
),

totals as (
    select
        metric,
        period_start,
        numerator as total_amount
    from metrics.metric_values
    where segment_count = 0
)

select
    sliced.metric,
    sliced.period_start,
    sliced.slice,
    sliced.segments_amount,
    totals.total_amount
from sliced
inner join totals on sliced.metric = totals.metric and sliced.period_start = totals.period_start
where sliced.segments_amount <> totals.total_amount
