-- One row is one figure of a period that was closed in the former publication and reads differently now.
-- Left out: sliced figures (their total tells), and periods that were open then.
-- The cause says that the metric's definition changed, and names the files that came between; neither means that settings
-- or models changed. So a changed definition shows its old and new figures side by side, once.
with former_run as (
    select run_id
    from former.ops.runs
    order by started_at desc
    limit 1
),

new_files as (
    select string_agg(distinct now_here.file_name, ', ' order by now_here.file_name) as names
    from ops.files as now_here
    left join former.ops.files as known_then
        on now_here.file_id = known_then.file_id
    where known_then.file_id is null
),

closed_then as (
    select metric, grain, period_start, value
    from former.metrics.metric_values
    where is_complete and segment_count = 0
),

totals_now as (
    select metric, grain, period_start, value
    from metrics.metric_values
    where segment_count = 0
),

redefined as (
    select
        metric,
        'definition changed (version ' || then_declared.version || ' to ' || now_declared.version || ')' as words
    from former_definitions as then_declared
    inner join metrics.definitions as now_declared using (metric)
    where then_declared.fingerprint <> now_declared.fingerprint
)

select
    $run_id as run_id,
    former_run.run_id as previous_run_id,
    closed_then.metric,
    closed_then.grain,
    closed_then.period_start,
    closed_then.value as old_value,
    totals_now.value as new_value,
    coalesce(
        nullif(concat_ws('; ', redefined.words, 'new files: ' || new_files.names), ''), 'settings or models changed'
    ) as cause,
from closed_then
inner join totals_now using (metric, grain, period_start)
left join redefined using (metric)
cross join former_run
cross join new_files
where closed_then.value is distinct from totals_now.value
