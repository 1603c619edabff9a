-- One row is one reconciliation in one run. difference_count is the number of rows that break the identity;
-- sample holds the first of them as a JSON list.
create table if not exists ops.reconciliations (
    run_id varchar,
    check_name varchar,
    severity varchar,
    difference_count bigint,
    sample varchar,
    passed boolean
);
