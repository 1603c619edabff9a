-- One row is one metric that the draft declares or computes otherwise than the publication (former): how many monthly totals
-- move, and the month that moves most with its figure before and after. A month that one side lacks moves.
with
cells as (
    select
        metric,
        period_start,
        former_values.value as old_value,
        draft_values.value as new_value,
        abs(coalesce(draft_values.value, 0) - coalesce(former_values.value, 0)) as size
    from (select * from former.metrics.metric_values where segment_count = 0) as former_values
    full join (select * from metrics.metric_values where segment_count = 0) as draft_values
        using (metric, grain, period_start)
    where former_values.value is distinct from draft_values.value
),

moved as (
    select
        metric,
        count(*) as month_count,
        arg_max(period_start, (size, period_start)) as period_start
    from cells
    group by metric
),

definitions as (
    select
        metric,
        case
            when former_definitions.metric is null then 'new'
            when draft_definitions.metric is null then 'gone'
            when former_definitions.fingerprint <> draft_definitions.fingerprint then 'definition'
            when former_definitions.version <> draft_definitions.version then 'words'
        end as change
    from former.metrics.definitions as former_definitions
    full join metrics.definitions as draft_definitions using (metric)
)

select
    definitions.metric,
    coalesce(definitions.change, 'figures') as change,
    coalesce(moved.month_count, 0) as month_count,
    moved.period_start,
    cells.old_value,
    cells.new_value
from definitions
left join moved on definitions.metric = moved.metric
left join cells on moved.metric = cells.metric and moved.period_start = cells.period_start
where definitions.change is not null or moved.metric is not null
order by definitions.metric
