"""Verdicts are kept over runs: those of a refused run too, and not without end."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines import warehouse
from pipelines.job import check_history
from pipelines.validation import failures
from pipelines.warehouse import Home

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def verdict(connection: DuckDBPyConnection, run_id: str, day: int) -> None:
    connection.execute(
        "insert into ops.expectation_results (run_id, rule_id, success, checked_at) values (?, 'a', true, ?)",
        [run_id, datetime(2026, 11, day)],  # noqa: DTZ001  # UTC without a zone
    )
    connection.execute("insert into ops.reconciliations (run_id, check_name) values (?, 'c')", [run_id])


def runs(connection: DuckDBPyConnection, table: str) -> list[str]:
    found = connection.execute(f"select run_id from ops.{table} order by run_id").fetchall()
    return [run_id for (run_id,) in found]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """HOME whose last run, b, was refused; its draft knew of run a."""
    place = Home(tmp_path)
    place.prepare()
    with warehouse.connect(place.snapshots / "refused.duckdb") as refused:
        failures.create_tables(refused)
        verdict(refused, "a", 1)
        verdict(refused, "b", 2)
    return place


@pytest.mark.parametrize("table", ["expectation_results", "reconciliations"])
def test_verdicts_of_a_refused_run_are_carried_on_once(
    connection: DuckDBPyConnection, home: Home, table: str
) -> None:
    failures.create_tables(connection)
    verdict(connection, "a", 1)
    check_history.complete(connection, home)
    check_history.complete(connection, home)
    assert runs(connection, table) == ["a", "b"]


@pytest.mark.parametrize("table", ["expectation_results", "reconciliations"])
def test_verdicts_of_the_oldest_runs_are_forgotten(
    connection: DuckDBPyConnection, home: Home, table: str
) -> None:
    failures.create_tables(connection)
    verdict(connection, "c", 3)
    check_history.complete(connection, home, kept_runs=2)
    assert runs(connection, table) == ["b", "c"]


def test_refused_draft_that_cannot_be_read_is_told_and_holds_nothing_up(
    connection: DuckDBPyConnection, home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    failures.create_tables(connection)
    verdict(connection, "a", 1)
    (home.snapshots / "refused.duckdb").write_bytes(b"torn")
    with caplog.at_level(logging.WARNING):
        check_history.complete(connection, home)
    assert runs(connection, "expectation_results") == ["a"]
    assert "not carried on" in caplog.text
