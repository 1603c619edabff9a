-- One row is one row that a rule points at and that stays in its table: a flag, or the evidence of a stop.
-- Of each rule the first 1,000 rows are kept; ops.expectation_results has the full count and amount.
create table if not exists ops.flagged_rows (
    run_id varchar,
    table_name varchar,
    rule_id varchar,
    severity varchar,
    file_no integer,
    source_row bigint,
    document_key varchar,
    column_name varchar,
    found varchar,
    amount decimal(18, 4),
    currency varchar
);
