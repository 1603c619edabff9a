"""The cards on checks: which rule failed, what it touches, how it went before."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines.reporting.cards import checks
from pipelines.reporting.reading import quality
from pipelines.reporting.review import CheckRow, CheckRun, ReviewData
from pipelines.reporting.words import Text
from pipelines.validation import failures
from tests.reporting.sample import a_run

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.reporting.table import Card

FAILED = CheckRow(
    *("staging.stg_orders", "stg_orders.dates", "warning", False, 100, 2, Text("日期颠倒", "Dates swapped.")),
    amount=Decimal("12.50"),
    currency="USD",
    metrics=("revenue", "orders"),
    history=(0, 3),
)
PASSED = CheckRow("staging.stg_orders", "stg_orders.rows", "critical", True, 100, 0, Text("行数", "Rows."))
LABELS = {"revenue": Text("销售额", "Revenue"), "orders": Text("订单数", "Orders")}


def cells(card: Card, lang: str = "en") -> list[list[str]]:
    (block,) = card.blocks
    assert block.table is not None
    return [[cell.text.of(lang) for cell in row] for row in block.table.rows]


def test_failed_rule_says_its_money_what_it_touches_and_how_it_went_before() -> None:
    card = checks.failed(ReviewData(checks=(PASSED, FAILED), labels=LABELS), a_run())
    assert cells(card) == [
        *[["Dates swapped.", "staging.stg_orders", "Warn", "100", "2", "$12.50", "Revenue, Orders", "0 · 3"]]
    ]
    assert cells(card, "zh")[0][6] == "销售额、订单数"


def test_tables_count_their_rules_by_verdict() -> None:
    grave = CheckRow("marts.fct_orders", "fct_orders.once", "critical", False, 50, 1, Text("重复", "Twice."))
    assert cells(checks.by_table(ReviewData(checks=(PASSED, FAILED, grave)))) == [
        ["marts.fct_orders", "50", "1", "0", "0", "1"],
        ["staging.stg_orders", "100", "2", "1", "1", "0"],
    ]


def test_trend_has_a_row_for_each_run() -> None:
    runs = (
        CheckRun("b", date(2026, 10, 31), "published", 333, 2, 0, 32),
        CheckRun("a", None, "refused", 9, 0, 1, None),
    )
    assert [row[2:] for row in cells(checks.trend(ReviewData(check_runs=runs)))] == [
        ["Published", "333", "2", "0", "32"],
        ["Refused", "9", "0", "1", "–"],
    ]


def verdicts(connection: DuckDBPyConnection, *rows: tuple[str, int, bool, int]) -> None:
    """Record (run, day, success, failing rows) of one rule that only informs."""
    for run_id, day, success, count in rows:
        connection.execute(
            "insert into ops.expectation_results (run_id, table_name, rule_id, severity, success, failed_count, "
            "checked_at, is_broken) values (?, 'staging.stg_orders', 'stg_orders.dates', 'info', ?, ?, ?, false)",
            [run_id, success, count, datetime(2026, 11, day)],  # noqa: DTZ001  # UTC without a zone
        )


def test_history_is_of_the_runs_before_oldest_first(connection: DuckDBPyConnection) -> None:
    failures.create_tables(connection)
    verdicts(connection, ("c", 3, True, 0), ("a", 1, False, 7), ("b", 2, False, 0), ("d", 4, False, 9))
    (row,) = quality.checks(connection, "c")
    assert row.history == (7, 1)  # the second failed as a whole, without a row


def test_check_runs_are_counted_with_reconciliations_latest_first(connection: DuckDBPyConnection) -> None:
    failures.create_tables(connection)
    verdicts(connection, ("a", 1, True, 0), ("b", 2, False, 4))
    connection.execute(
        "insert into ops.reconciliations by name select 'b' as run_id, 'critical' as severity, false as passed"
    )
    connection.execute(
        "insert into ops.runs by name select * from (values ('a', timestamp '2026-11-01', 'published', 5), "
        "('b', timestamp '2026-11-02', 'refused', 6)) as rows (run_id, started_at, status, rows_quarantined)"
    )
    assert [
        (row.run_id, row.status, row.checks, row.warned, row.failed) for row in quality.check_runs(connection)
    ] == [
        ("b", "refused", 2, 1, 1),
        ("a", "published", 1, 0, 0),
    ]
