-- Of every current reading, rows read = rows loaded + rows quarantined + rows superseded + rows skipped: no row vanishes.
select
    file_name,
    source_part,
    kind,
    rows_read,
    rows_loaded,
    rows_quarantined,
    rows_superseded,
    rows_skipped
from ops.files
where is_current and rows_read <> rows_loaded + rows_quarantined + rows_superseded + rows_skipped
