"""What guesses decide and what the ledger says, for the sample review."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from pipelines.reporting.review import (
    GuessedCustomer,
    GuessedRow,
    Hold,
    LedgerDifference,
    LedgerTotal,
    Reconciled,
)

D = Decimal


def some_guesses() -> dict[str, Any]:
    """1,000,000 would leave "not due" and 200,000 the oldest age, for the two between."""
    return {
        "guessed": (
            GuessedRow(0, D(37_606_000), D(36_606_000)),
            GuessedRow(1, D(8_173_000), D(9_073_000)),
            GuessedRow(2, D(0), D(300_000)),
            GuessedRow(6, D(5_062_000), D(4_862_000)),
        ),
        "guessed_amount": D(6_400_000),
        "guessed_customers": (
            GuessedCustomer("C1", "甲", D(700_000)),
            GuessedCustomer("C2", "C2", D(500_000)),
        ),
    }


def some_ledger(day: date) -> dict[str, Any]:
    """Balances of two currencies on one day; two of them differ, one without a reason."""
    named = LedgerDifference(
        day, "C1", "甲", "CNY", D(120_000), D(100_000), D(20_000), "not_in_ledger", ("I1", "I2"), more=4
    )
    return {
        "ledger_totals": (
            LedgerTotal(day, "CNY", 30, 29, D(50_841_000), D(50_821_000), D(20_000)),
            LedgerTotal(day, "USD", 2, 1, D(700), D(705), D(-5)),
            LedgerTotal(date(2026, 9, 30), "CNY", 28, 0, D(1), D(2), D(-1)),
        ),
        "ledger_differences": (named, LedgerDifference(day, "C2", "乙", "USD", D(700), D(705), D(-5))),
    }


def some_holds() -> tuple[Hold, ...]:
    return (
        Hold(
            "C0001",
            "=1+1 乙公司",
            "step",
            "legal",
            D(300_000),
            D(200_000),
            200,
            None,
            None,
            2,
            D(90_000),
            "王强",
        ),
        Hold(
            "C0002",
            "",
            "credit_limit",
            "",
            D(120_000),
            D(0),
            None,
            D(100_000),
            D("1.2"),
            1,
            D(30_000),
            "unknown",
        ),
    )


def some_accounts() -> tuple[Reconciled, ...]:
    """100 + 50 - 5 - 60 + 1 - 2 = 84 thousand; and one that is settled."""
    moves = (D(100_000), D(50_000), D(-5_000), D(-60_000), D(1_000), D(-2_000))
    return (
        Reconciled("C0001", "=1+1 乙公司", "CNY", *moves, D(84_000), D(84_000)),
        Reconciled("C0002", "", "CNY", D(200_000), D(0), D(0), D(-200_000), D(0), D(0), D(0), D(0)),
        Reconciled("C0002", "", "USD", D(0), D(10), D(0), D(0), D(0), D(0), D(10), D(10)),
    )


def some_holds_and_accounts() -> dict[str, Any]:
    return {"holds": some_holds(), "reconciled": some_accounts()}
