-- One row is the verdict of one rule in one run. Rows of former runs stay, for the trend.
-- failed_amount is the money of the failing rows, null where the table carries none, where the rule looks at no single row
-- and where the rows are of several currencies; failed_currency is their one currency.
-- consequence is what becomes of failing rows (quarantine, flag, stop), metrics names the figures they touch.
-- is_broken says that the rule itself could not be run. checked_at is UTC.
create table if not exists ops.expectation_results (
    run_id varchar,
    table_name varchar,
    rule_id varchar,
    expectation varchar,
    severity varchar,
    success boolean,
    checked_count bigint,
    failed_count bigint,
    failed_amount decimal(18, 4),
    observed varchar,
    words_en varchar,
    words_zh varchar,
    checked_at timestamp,
    consequence varchar,
    metrics varchar[],
    is_broken boolean,
    failed_currency varchar
);
