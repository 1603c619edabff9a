"""Reconciliations: a check that gives a row stops the run and says which."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines import validation
from pipelines.errors import ModelError, ReconciliationFailed
from pipelines.validation import failures

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

HOLDS = "-- Lines add up to their order.\n\nselect 'SO-1' as order_id, 0.01 as difference where false\n"
OFF = """-- Lines add up
-- to their order.

select 'SO-' || i as order_id, 0.01 * i as difference from range(7) as r (i)
"""


@pytest.fixture
def ops(connection: DuckDBPyConnection) -> DuckDBPyConnection:
    failures.create_tables(connection)
    return connection


def check(folder: Path, name: str, sql: str) -> None:
    (folder / f"{name}.sql").write_text(sql, encoding="utf-8")


def test_check_without_rows_passes_and_is_recorded(ops: DuckDBPyConnection, tmp_path: Path) -> None:
    check(tmp_path, "lines", HOLDS)
    done = validation.run_checks(ops, {}, "r", folder=tmp_path)
    assert [(each.check_name, each.identity, each.passed) for each in done] == [
        ("lines", "Lines add up to their order.", True)
    ]
    assert ops.execute("from ops.reconciliations").fetchall() == [("r", "lines", "critical", 0, "[]", True)]


def test_check_with_rows_stops_the_run_and_names_them(ops: DuckDBPyConnection, tmp_path: Path) -> None:
    check(tmp_path, "lines", OFF)
    check(tmp_path, "others", HOLDS)
    with pytest.raises(ReconciliationFailed) as failed:
        validation.run_checks(ops, {}, "r", folder=tmp_path, at_once=2)
    words = str(failed.value)
    assert "lines: 7 rows break “Lines add up to their order.”: order_id=SO-0, difference=0.00" in words
    assert failed.value.exit_code == 1
    recorded = ops.execute(
        "select check_name, difference_count, sample, passed from ops.reconciliations order by check_name"
    ).fetchall()
    assert [(name, count, passed) for name, count, _, passed in recorded] == [
        ("lines", 7, False),
        ("others", 0, True),
    ]
    assert json.loads(recorded[0][2])[1] == {"order_id": "SO-1", "difference": "0.01"}


def test_check_of_severity_warning_is_reported_without_stopping(
    ops: DuckDBPyConnection, tmp_path: Path
) -> None:
    check(tmp_path, "lines", OFF.replace("-- to their", "-- severity: warning\n-- to their"))
    (done,) = validation.run_checks(ops, {}, "r", folder=tmp_path)
    assert (done.severity, done.passed, done.identity) == ("warning", False, "Lines add up to their order.")


def test_check_binds_the_parameters_it_names(ops: DuckDBPyConnection, tmp_path: Path) -> None:
    check(tmp_path, "lines", "-- No day after.\nselect 1 as one where date '2026-02-01' > $as_of\n")
    (done,) = validation.run_checks(ops, {"as_of": date(2026, 3, 1), "other": 1}, "r", folder=tmp_path)
    assert done.passed
    with pytest.raises(ModelError) as refused:
        validation.run_checks(ops, {"as_off": 1}, "r", folder=tmp_path)
    assert "$as_of" in str(refused.value)
    assert "did you mean as_off" in str(refused.value)


@pytest.mark.parametrize(
    "sql", ["select nothing from nowhere", "selec 1", "select 1; select 2", "create table t (a integer)"]
)
def test_check_that_is_no_select_of_known_things_is_refused(
    ops: DuckDBPyConnection, tmp_path: Path, sql: str
) -> None:
    check(tmp_path, "lines", sql)
    with pytest.raises(ModelError) as refused:
        validation.run_checks(ops, {}, "r", folder=tmp_path)
    assert "lines.sql" in str(refused.value)
