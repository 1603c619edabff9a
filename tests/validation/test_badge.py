"""The badge beside every figure."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pipelines import validation
from pipelines.validation import failures

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@pytest.fixture
def ops(connection: DuckDBPyConnection) -> DuckDBPyConnection:
    failures.create_tables(connection)
    connection.execute(
        "insert into ops.files by name "
        "select 'orders' as kind, 100 as rows_read, 0 as rows_quarantined, true as is_current"
    )
    connection.execute(
        "insert into ops.expectation_results by name "
        "select 'r' as run_id, 'a' as rule_id, 'warning' as severity, true as success"
    )
    return connection


def test_badge_without_a_failure_is_good(ops: DuckDBPyConnection) -> None:
    badge = validation.badge(ops, "r")
    assert (badge.state, badge.checks, badge.passed, badge.rows_read, badge.rows_quarantined) == (
        *("good", 1, 1, 100, 0),
    )


def test_badge_of_a_run_that_nothing_was_checked_in_is_not_good(ops: DuckDBPyConnection) -> None:
    badge = validation.badge(ops, "another run")
    assert (badge.state, badge.checks) == ("notes", 0)


def test_badge_counts_reconciliations_among_the_checks(ops: DuckDBPyConnection) -> None:
    ops.execute(
        "insert into ops.reconciliations by name select * from (values ('r', 'a', 'critical', true), "
        "('r', 'b', 'warning', false), ('other', 'a', 'critical', false)) "
        "as rows (run_id, check_name, severity, passed)"
    )
    badge = validation.badge(ops, "r")
    assert (badge.state, badge.checks, badge.passed, badge.warned, badge.failed) == ("notes", 3, 2, 1, 0)


def test_badge_with_quarantined_rows_has_notes_and_their_money(ops: DuckDBPyConnection) -> None:
    ops.execute("update ops.files set rows_quarantined = 2")
    ops.execute(
        "insert into ops.quarantine by name select * from (values ('CNY', 10.5, 'open'), ('USD', 3.0, 'open'), "
        "('CNY', 99.0, 'closed')) as rows (currency, amount, status)"
    )
    badge = validation.badge(ops, "r")
    assert (badge.state, badge.rows_quarantined, badge.quarantined_share) == ("notes", 2, Decimal("0.02"))
    assert badge.quarantined_amounts == {"CNY": Decimal("10.5"), "USD": Decimal(3)}


@pytest.mark.parametrize(
    ("severity", "state"), [("info", "notes"), ("warning", "notes"), ("critical", "bad")]
)
def test_badge_of_a_failed_rule_follows_its_severity(
    ops: DuckDBPyConnection, severity: str, state: str
) -> None:
    ops.execute(
        "insert into ops.expectation_results by name "
        "select 'r' as run_id, 'b' as rule_id, $severity as severity, false as success",
        {"severity": severity},
    )
    badge = validation.badge(ops, "r")
    assert (badge.state, badge.checks, badge.warned + badge.failed) == (state, 2, 1)


def test_badge_of_a_broken_rule_is_bad_whatever_its_severity(ops: DuckDBPyConnection) -> None:
    ops.execute(
        "insert into ops.expectation_results by name "
        "select 'r' as run_id, 'b' as rule_id, 'info' as severity, false as success, true as is_broken"
    )
    badge = validation.badge(ops, "r")
    assert (badge.state, badge.failed) == ("bad", 1)


def test_badge_names_the_metrics_that_a_failed_rule_puts_in_doubt(ops: DuckDBPyConnection) -> None:
    ops.execute(
        "insert into ops.expectation_results by name select * from (values "
        "('b', 'warning', false, ['revenue', 'csat']), ('c', 'info', false, ['orders']), "
        "('d', 'warning', true, ['orders'])) as rows (rule_id, severity, success, metrics)"
    )
    ops.execute("update ops.expectation_results set run_id = 'r'")
    assert validation.badge(ops, "r").doubtful_metrics == ("csat", "revenue")
