-- One row is one reading: a file, one part of it (sheet or archive member), read as one kind.
-- rows_read = rows_loaded + rows_quarantined + rows_superseded + rows_skipped, exactly.
create table if not exists ops.files (
    file_no integer,
    file_id varchar,
    file_name varchar,
    source_part varchar,
    kind varchar,
    mapping varchar,
    loaded_at timestamp,
    is_current boolean,
    rows_read bigint,
    rows_loaded bigint,
    rows_quarantined bigint,
    rows_superseded bigint,
    rows_skipped bigint,
    amount_read decimal(18, 4),
    amount_quarantined decimal(18, 4),
    encoding varchar,
    header_row integer,
    notes_zh varchar,
    notes_en varchar
);
