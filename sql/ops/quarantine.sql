-- One row is one source row that was not trusted: what was found, what was expected, and the money at stake.
-- Rows of former runs stay; a corrected re-export closes a row, nothing deletes it. Timestamps are UTC.
create table if not exists ops.quarantine (
    file_no integer,
    file_name varchar,
    source_part varchar,
    source_row bigint,
    kind varchar,
    document_key varchar,
    column_name varchar,
    found varchar,
    expected varchar,
    expected_zh varchar,
    reason_code varchar,
    reason_en varchar,
    reason_zh varchar,
    amount decimal(18, 4),
    currency varchar,
    rule_id varchar,
    run_id varchar,
    opened_at timestamp,
    closed_at timestamp,
    closed_by_file varchar,
    status varchar
);
