-- One row is one kind of export: its current readings, rows and where they went, and when the last one came.
select
    kind,
    count(distinct file_id) as files,
    sum(rows_read)::bigint as rows_read,
    sum(rows_loaded)::bigint as rows_loaded,
    sum(rows_quarantined)::bigint as rows_quarantined,
    sum(rows_superseded)::bigint as rows_superseded,
    sum(rows_skipped)::bigint as rows_skipped,
    max(loaded_at) as last_loaded_at,
from ops.files
where is_current
group by kind
order by rows_read desc, kind
