"""What stops a publication, and what it says."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from pipelines import validation
from pipelines.errors import GateFailed
from pipelines.settings import Settings
from pipelines.validation import failures
from pipelines.validation.run import RuleResult

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def result(**differing: Any) -> RuleResult:
    usual: dict[str, Any] = {
        "run_id": "r",
        "table_name": "staging.stg_orders",
        "rule_id": "stg_orders.dates",
        "expectation": "expect_rows_to_satisfy",
        "severity": "warning",
        "then": "flag",
        "success": True,
        "broken": False,
        "checked_count": 100,
        "failed_count": 0,
        "failed_amount": None,
        "observed": "",
        "words_en": "Shipped before it was ordered.",
        "words_zh": "发货早于下单",
    }
    return RuleResult(**{**usual, **differing})


def files(connection: DuckDBPyConnection, *readings: tuple[str, int, int, str, str, bool]) -> None:
    """Record readings as (kind, rows read, rows quarantined, money read, money quarantined, is current)."""
    failures.create_tables(connection)
    connection.executemany(
        "insert into ops.files (kind, rows_read, rows_quarantined, amount_read, amount_quarantined, is_current) "
        "values (?, ?, ?, ?::decimal(18, 4), ?::decimal(18, 4), ?)",
        readings,
    )


def test_gate_clean_data_passes(connection: DuckDBPyConnection) -> None:
    files(connection, ("orders", 100, 0, "500", "0", True))
    judgement = validation.judge(connection, [result()], Settings())
    assert (judgement.rows.part, judgement.failed_rules) == (Decimal(0), 0)


def test_gate_share_of_rows_at_the_limit_passes_and_above_it_fails(connection: DuckDBPyConnection) -> None:
    files(connection, ("orders", 60, 1, "0", "0", True), ("payments", 40, 1, "0", "0", True))
    at_limit = Settings(gate_rows=Decimal("0.02"), gate_min_rows=2)
    assert validation.judge(connection, [], at_limit).rows.value == Decimal("0.02")
    with pytest.raises(GateFailed) as failed:
        validation.judge(connection, [], replace(at_limit, gate_rows=Decimal("0.019")))
    assert "2 of 100 rows (2.00 %)" in str(failed.value)
    assert failed.value.exit_code == 1


def test_gate_share_of_money_is_judged_kind_by_kind(connection: DuckDBPyConnection) -> None:
    """30 of 1,000 in payments is over 2 %, though it is under 2 % of all money in the exports."""
    files(connection, ("orders", 1000, 0, "9000", "0", True), ("payments", 1000, 1, "1000", "30", True))
    with pytest.raises(GateFailed) as failed:
        validation.judge(connection, [], Settings(gate_amount=Decimal("0.02"), gate_min_rows=1))
    assert "3.00 % of the money in payments (30.00)" in str(failed.value)


def test_gate_shares_are_not_looked_at_below_the_least_number_of_rows(connection: DuckDBPyConnection) -> None:
    files(connection, ("orders", 20, 9, "100", "90", True))
    assert validation.judge(connection, [], Settings(gate_min_rows=10)).rows.part == 9
    with pytest.raises(GateFailed):
        validation.judge(connection, [], Settings(gate_min_rows=9))


def test_gate_superseded_files_do_not_count(connection: DuckDBPyConnection) -> None:
    files(connection, ("orders", 100, 100, "500", "500", False), ("orders", 100, 0, "500", "0", True))
    assert validation.judge(connection, [], Settings()).rows.whole == 100


@pytest.mark.parametrize("differing", [{"severity": "critical"}, {"broken": True, "severity": "info"}])
def test_gate_one_critical_or_broken_rule_is_enough(
    connection: DuckDBPyConnection, differing: dict[str, Any]
) -> None:
    files(connection, ("orders", 100, 0, "500", "0", True))
    with pytest.raises(GateFailed) as failed:
        validation.judge(connection, [result(success=False, failed_count=1, **differing)], Settings())
    assert "stg_orders.dates" in str(failed.value)


def test_gate_failed_warning_passes_and_is_counted(connection: DuckDBPyConnection) -> None:
    files(connection, ("orders", 100, 0, "500", "0", True))
    judgement = validation.judge(connection, [result(success=False, failed_count=3)], Settings())
    assert judgement.failed_rules == 1
    assert "1 rules failed without stopping" in judgement.words


def test_gate_lists_every_reason_and_the_money_of_each_rule(connection: DuckDBPyConnection) -> None:
    files(connection, ("orders", 100, 10, "500", "50", True))
    taken = result(
        rule_id="stg_orders.amount_known",
        then="quarantine",
        success=False,
        failed_count=10,
        failed_amount=Decimal("50.0000"),
    )
    with pytest.raises(GateFailed) as failed:
        validation.judge(
            connection, [result(success=False, severity="critical", failed_count=2), taken], Settings()
        )
    words = str(failed.value)
    assert "stg_orders.dates: Shipped before it was ordered. (2 of 100 rows)" in words
    assert "10 of 100 rows (10.00 %)" in words
    assert "10.00 % of the money in orders" in words
    assert "quarantined by stg_orders.amount_known" in words
    assert "(10 of 100 rows, 50.00)" in words


def test_gate_nothing_read_has_no_share(connection: DuckDBPyConnection) -> None:
    failures.create_tables(connection)
    assert validation.judge(connection, [], Settings()).rows.value == 0
