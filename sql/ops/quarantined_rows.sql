-- One row is a source row with faults: its texts under their headers, and which of these headers the faults are under.
create table if not exists ops.quarantined_rows (
    file_no integer,
    source_row bigint,
    header varchar[],
    cells varchar[],
    faulty_headers varchar[]
);
