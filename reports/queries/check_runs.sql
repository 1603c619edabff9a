-- One row is one run whose checks are on record, the latest first: rules and reconciliations, and how many failed without
-- stopping anything (warned) or forbade publishing (failed).
with
checks as (
    select
        run_id,
        success,
        severity = 'critical' or coalesce(is_broken, false) as is_critical
    from ops.expectation_results
    union all
    select
        run_id,
        passed,
        coalesce(severity, 'critical') = 'critical'
    from ops.reconciliations
)

select
    checks.run_id,
    runs.as_of,
    coalesce(runs.status, '') as status,
    count(*) as checks,
    count(*) filter (where not checks.success and not checks.is_critical) as warned,
    count(*) filter (where not checks.success and checks.is_critical) as failed,
    runs.rows_quarantined
from checks
-- One row a run.
left join ops.runs as runs on checks.run_id = runs.run_id
group by checks.run_id, runs.started_at, runs.as_of, runs.status, runs.rows_quarantined
order by runs.started_at desc nulls last, checks.run_id desc
limit 12
