-- One row is one run of the main job, published or not. versions is a JSON object of library versions,
-- git_commit what git said of the code that ran (empty where it could not know; null before it was written down).
create table if not exists ops.runs (
    run_id varchar,
    started_at timestamp,
    finished_at timestamp,
    status varchar,
    as_of date,
    known_at timestamp,
    base_currency varchar,
    fingerprint varchar,
    files integer,
    rows_read bigint,
    rows_quarantined bigint,
    seconds decimal(12, 3),
    peak_memory_bytes bigint,
    versions varchar,
    git_commit varchar,
    message varchar
);
