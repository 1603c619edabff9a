"""Verdicts, failing rows by key, and what becomes of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipelines import validation
from pipelines.errors import SuiteError
from pipelines.validation import failures, lean_import, suites
from pipelines.validation.run import RuleResult
from tests.validation.suite_files import rule, things, write_suite

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOMENT = datetime(2026, 11, 1, 8, 30)  # noqa: DTZ001  # UTC without a zone, as DuckDB keeps it
IN_SHANGHAI = MOMENT.replace(tzinfo=UTC).astimezone(timezone(timedelta(hours=8)))
GOOD = "(1, 10.00, 'A', date '2026-01-01', date '2026-01-02')"
NO_CODE = "(2, 20.00, null, date '2026-01-01', date '2026-01-02')"
SWAPPED = "(3, 30.00, 'C', date '2026-01-05', date '2026-01-02')"
BOTH = "(4, 40.00, null, date '2026-01-05', date '2026-01-02')"
CODE = rule("code", expectation="expect_column_values_to_not_be_null", column="code", then="quarantine")
DATES = rule("dates", predicate="other_day >= day", columns=["day", "other_day"], then="quarantine")


def validated(
    connection: DuckDBPyConnection, folder: Path, rules: list[dict[str, Any]], **keys: Any
) -> dict[str, RuleResult]:
    write_suite(folder, rules, **keys)
    results = validation.validate(
        connection, "staging", "run-1", {"as_of": None}, at=IN_SHANGHAI, folder=folder
    )
    return {result.rule_id.split(".")[1]: result for result in results}


def test_rule_that_all_rows_satisfy_passes(connection: DuckDBPyConnection, tmp_path: Path) -> None:
    things(connection, GOOD)
    results = validated(connection, tmp_path, [CODE, DATES])
    assert [(result.success, result.checked_count, result.failed_count) for result in results.values()] == [
        (True, 1, 0)
    ] * 3
    assert connection.execute("select count(*) from ops.quarantine").fetchall() == [(0,)]


def quarantined(connection: DuckDBPyConnection, columns: str) -> list[tuple[Any, ...]]:
    return connection.execute(f"select {columns} from ops.quarantine order by source_row").fetchall()


def test_failing_rows_go_to_quarantine_by_key_with_reason_and_money(
    connection: DuckDBPyConnection, tmp_path: Path
) -> None:
    things(connection, f"{GOOD}, {NO_CODE}, {SWAPPED}, {BOTH}")
    results = validated(connection, tmp_path, [CODE, DATES], amount="amount")
    assert (results["code"].failed_count, results["code"].failed_amount) == (2, Decimal("60.0000"))
    assert (results["dates"].failed_count, results["dates"].failed_amount) == (2, Decimal("70.0000"))
    assert connection.execute("select id from staging.stg_things").fetchall() == [(1,)]
    columns = "source_row, document_key, column_name, found, expected, expected_zh, reason_code, amount"
    assert quarantined(connection, columns) == [
        (3, "2", "code", None, "not null", "须有值", "code", Decimal(20)),
        (
            4,
            "3",
            "day, other_day",
            "day=2026-01-05, other_day=2026-01-02",
            "dates",
            "符合规则 dates",
            "dates",
            Decimal(30),
        ),
        (5, "4", "code", None, "not null", "须有值", "code", Decimal(40)),
    ]


def test_failing_rows_in_quarantine_say_kind_rule_moment_and_every_reason(
    connection: DuckDBPyConnection, tmp_path: Path
) -> None:
    things(connection, f"{GOOD}, {NO_CODE}, {SWAPPED}, {BOTH}")
    validated(connection, tmp_path, [CODE, DATES], amount="amount")
    assert quarantined(connection, "kind, rule_id, status, opened_at, reason_zh") == [
        ("things", "stg_things.code", "open", MOMENT, "为什么"),
        ("things", "stg_things.dates", "open", MOMENT, "为什么"),
        ("things", "stg_things.code", "open", MOMENT, "为什么；为什么"),
    ]


@pytest.mark.parametrize("bits", [60, 1], ids=["marked together", "marked apart"])
def test_row_that_breaks_two_rules_is_quarantined_once_under_the_gravest(
    connection: DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bits: int
) -> None:
    monkeypatch.setattr(failures, "_BITS", bits)
    things(connection, BOTH)
    results = validated(connection, tmp_path, [CODE, {**DATES, "severity": "critical"}])
    assert (results["code"].failed_count, results["dates"].failed_count) == (1, 1)
    assert connection.execute("select rule_id from ops.quarantine").fetchall() == [("stg_things.dates",)]


def test_file_counts_still_add_up_after_quarantine(connection: DuckDBPyConnection, tmp_path: Path) -> None:
    things(connection, f"{GOOD}, {NO_CODE}")
    failures.create_tables(connection)
    connection.execute(
        "insert into ops.files by name select 1 as file_no, 'things.csv' as file_name, 'sheet' as source_part, "
        "true as is_current, 3 as rows_read, 2 as rows_loaded, 1 as rows_quarantined, 7.0 as amount_quarantined"
    )
    validated(connection, tmp_path, [CODE], amount="amount")
    assert connection.execute(
        "select rows_read, rows_loaded, rows_quarantined, amount_quarantined from ops.files"
    ).fetchall() == [(3, 1, 2, Decimal("27.0000"))]
    assert connection.execute("select file_name, source_part from ops.quarantine").fetchall() == [
        ("things.csv", "sheet")
    ]


def test_flagged_rows_stay_and_are_listed(connection: DuckDBPyConnection, tmp_path: Path) -> None:
    things(connection, f"{GOOD}, {NO_CODE}")
    results = validated(connection, tmp_path, [{**CODE, "then": "flag"}], amount="amount")
    assert not results["code"].success
    assert connection.execute("select count(*) from staging.stg_things").fetchall() == [(2,)]
    assert connection.execute("select count(*) from ops.quarantine").fetchall() == [(0,)]
    flagged = connection.execute(
        "select rule_id, source_row, document_key, amount from ops.flagged_rows"
    ).fetchall()
    assert flagged == [("stg_things.code", 3, "2", Decimal("20.0000"))]


def test_mostly_decides_the_verdict_and_not_what_becomes_of_a_row(
    connection: DuckDBPyConnection, tmp_path: Path
) -> None:
    things(connection, f"{GOOD}, {GOOD}, {GOOD}, {NO_CODE}")
    results = validated(connection, tmp_path, [{**CODE, "mostly": 0.75}, rule("most", **_mostly(0.76))])
    assert (results["code"].success, results["code"].failed_count) == (True, 1)
    assert not results["most"].success
    assert connection.execute("select count(*) from staging.stg_things").fetchall() == [(3,)]


def _mostly(share: float) -> dict[str, Any]:
    return {"predicate": "code is not null", "columns": ["code"], "mostly": share}


@pytest.mark.parametrize(
    ("rows", "code", "unique", "count"),
    [
        ("", True, True, False),
        (NO_CODE, False, True, True),
        (f"{NO_CODE}, {NO_CODE}", False, False, True),
        (GOOD, True, True, True),
        (f"{GOOD}, {GOOD}", True, False, True),
    ],
    ids=["empty", "one null", "nulls only", "one row", "one key twice"],
)
def test_verdict_is_true_of_small_tables(
    connection: DuckDBPyConnection, tmp_path: Path, rows: str, *, code: bool, unique: bool, count: bool
) -> None:
    things(connection, rows)
    results = validated(
        connection,
        tmp_path,
        [
            {**CODE, "then": "flag"},
            rule("unique", expectation="expect_column_values_to_be_unique", column="id"),
            rule("count", expectation="expect_table_row_count_to_be_between", min_value=1),
        ],
    )
    assert (results["code"].success, results["unique"].success, results["count"].success) == (
        code,
        unique,
        count,
    )
    assert not any(result.broken for result in results.values())


def test_unique_on_nulls_only_holds(connection: DuckDBPyConnection, tmp_path: Path) -> None:
    """A value that is not there repeats nothing."""
    things(connection, f"{NO_CODE}, {NO_CODE}")
    results = validated(
        connection, tmp_path, [rule("unique", expectation="expect_column_values_to_be_unique", column="code")]
    )
    assert results["unique"].success


def test_rule_that_breaks_on_the_data_is_reported_as_broken(
    connection: DuckDBPyConnection, tmp_path: Path
) -> None:
    things(connection, GOOD)
    results = validated(
        connection,
        tmp_path,
        [rule("cast", predicate="code::integer > 0", columns=["code"], severity="info"), DATES],
    )
    assert results["cast"].broken
    assert not results["cast"].success
    assert results["cast"].observed.startswith("rule broken: ")
    assert "Conversion Error" in results["cast"].observed


def test_rule_that_breaks_in_an_open_transaction_stops_with_the_table_named(
    connection: DuckDBPyConnection, tmp_path: Path
) -> None:
    """DuckDB ends a transaction in which a statement failed: no verdict after it would mean anything."""
    for stem in ("stg_before", "stg_things", "stg_within"):  # some are judged at the same time
        things(connection, GOOD, stem)
        write_suite(tmp_path, [DATES], stem)
    connection.execute("begin")
    with pytest.raises(SuiteError, match="ended the transaction") as refused:
        validated(connection, tmp_path, [rule("cast", predicate="code::integer > 0", columns=["code"])])
    assert refused.value.where.endswith("stg_things.yaml")
    assert refused.value.found == "one of stg_things.cast"


def test_rule_that_great_expectations_drops_is_noticed(
    connection: DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = lean_import.engine()
    from great_expectations.datasource.fluent.interfaces import Batch

    def without_the_last(batch: Any, suite: Any, **options: Any) -> Any:
        judged = validate(batch, suite, **options)
        judged.results.pop()
        return judged

    validate = Batch.validate
    monkeypatch.setattr(Batch, "validate", without_the_last)
    things(connection, GOOD)
    suite = suites.load(write_suite(tmp_path, [CODE]))
    with engine.judge_of(connection) as judge, pytest.raises(SuiteError, match="lost a rule"):
        judge(suite, 1)


def test_row_taken_out_of_one_table_breaks_no_reference_of_another(
    connection: DuckDBPyConnection, tmp_path: Path
) -> None:
    things(connection, f"{GOOD}, {NO_CODE}")
    things(connection, NO_CODE, stem="stg_users")
    exists = rule("exists", predicate="id in (select id from staging.stg_things)", columns=["id"])
    write_suite(tmp_path, [exists], stem="stg_users")
    validated(connection, tmp_path, [CODE])
    verdicts = connection.execute(
        "select success from ops.expectation_results where rule_id = 'stg_users.exists'"
    )
    assert verdicts.fetchall() == [(True,)]


def test_validation_stays_inside_the_callers_transaction(
    connection: DuckDBPyConnection, tmp_path: Path
) -> None:
    things(connection, f"{GOOD}, {NO_CODE}")
    connection.execute("begin")
    validated(connection, tmp_path, [CODE])
    connection.execute("rollback")
    assert connection.execute("select count(*) from staging.stg_things").fetchall() == [(2,)]


def test_money_of_two_currencies_is_not_added_up(connection: DuckDBPyConnection, tmp_path: Path) -> None:
    things(connection, f"{NO_CODE}, {BOTH}")
    connection.execute("alter table staging.stg_things add column currency varchar")
    connection.execute("update staging.stg_things set currency = if(id = 2, 'CNY', 'USD')")
    results = validated(connection, tmp_path, [CODE], amount="amount", currency="currency")
    assert (results["code"].failed_count, results["code"].failed_amount) == (2, None)


def test_results_are_kept_run_by_run(connection: DuckDBPyConnection, tmp_path: Path) -> None:
    things(connection, f"{GOOD}, {NO_CODE}")
    validated(connection, tmp_path, [CODE], amount="amount")
    kept = connection.execute(
        "select run_id, table_name, expectation, severity, success, checked_count, failed_count, failed_amount, "
        "words_en, checked_at, consequence, is_broken from ops.expectation_results where rule_id = 'stg_things.code'"
    ).fetchall()
    assert kept == [
        (
            *("run-1", "staging.stg_things", "expect_column_values_to_not_be_null", "warning", False),
            *(2, 1, Decimal("20.0000"), "Why.", MOMENT, "quarantine", False),
        )
    ]


def test_more_rules_than_marks_fit_are_all_looked_up(connection: DuckDBPyConnection, tmp_path: Path) -> None:
    """More than 60 failing rules take a second column of marks; none is lost."""
    things(connection, f"{GOOD}, {NO_CODE}")
    rules = [
        rule(f"never_{number}", predicate=f"id > {number + 10}", columns=["id"]) for number in range(130)
    ]
    results = validated(connection, tmp_path, rules)
    assert [results[f"never_{number}"].failed_count for number in range(130)] == [2] * 130
