-- One row is one published figure of a closed period that changed since it was last published, with its cause.
create table if not exists ops.restatements (
    run_id varchar,
    previous_run_id varchar,
    metric varchar,
    grain varchar,
    period_start date,
    old_value decimal(28, 8),
    new_value decimal(28, 8),
    cause varchar
);
