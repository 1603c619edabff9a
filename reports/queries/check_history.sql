-- One row is one rule that was checked in the five runs before $run_id: how many rows failed in each, the oldest first.
with
runs as (
    select
        run_id,
        max(checked_at) as checked_at
    from ops.expectation_results
    group by run_id
),

earlier as (
    select
        run_id,
        checked_at
    from runs
    where checked_at < (select checked_at from runs where run_id = $run_id)
    order by checked_at desc
    limit 5
)

select
    results.rule_id,
    -- A rule on the whole table fails without a row.
    list(greatest(results.failed_count, if(results.success, 0, 1)) order by earlier.checked_at) as failed_counts
from ops.expectation_results as results
inner join earlier on results.run_id = earlier.run_id
group by results.rule_id
