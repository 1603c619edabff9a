-- Of every current reading, the rows counted as quarantined are the rows that stand in quarantine.
with
listed as (
    select
        file_no,
        count(distinct source_row) as row_count
    from ops.quarantine
    where status = 'open'
    group by file_no
)

select
    files.file_name,
    files.source_part,
    files.kind,
    files.rows_quarantined,
    coalesce(listed.row_count, 0) as rows_listed
from ops.files as files
left join listed on files.file_no = listed.file_no
where files.is_current and files.rows_quarantined <> coalesce(listed.row_count, 0)
