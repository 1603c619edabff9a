"""How far aging would move if every guess were wrong."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from pipelines import warehouse
from pipelines.metrics import guesses
from tests.metrics.receivables import accounts
from tests.metrics.receivables.ledger import Invoice, Payment

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

DAY = accounts.FIRST
AS_OF = DAY + timedelta(days=60)
BOUNDS = (30, 60)


def _later(days: int) -> date:
    return DAY + timedelta(days=days)


@pytest.fixture
def built(connection: DuckDBPyConnection) -> DuckDBPyConnection:
    """A owes 100 due on day 10 and 70 due on day 50; 40 and 70 are paid on days 20 and 55, without a name.

    The 40 goes to the oldest, the 70 to the invoice of its amount. B has paid its invoice by name.
    """
    ledgers = {
        "A": (
            [Invoice("I0", DAY, _later(10), 100), Invoice("I1", DAY, _later(50), 70)],
            [Payment("P0", 1, _later(20), 40), Payment("P1", 1, _later(55), 70)],
        ),
        "B": ([Invoice("I0", DAY, _later(10), 30)], [Payment("P0", 1, _later(12), 20, "I0")]),
    }
    accounts.build(connection, ledgers)
    return connection


def test_guesses_that_are_wrong_open_their_invoices_and_leave_the_cash_unapplied(
    built: DuckDBPyConnection,
) -> None:
    found = guesses.rows(built, AS_OF, "due", BOUNDS)
    # Day 60. As guessed: A 60, B 10, both 50 days late. Were they wrong: 100 + 10 are, and of the 10 days late
    # 70 owed less 70 paid 5 days ago; the 40 paid 40 days ago stands in the second bucket as well.
    assert [(row.bucket, row.amount, row.named_amount, row.moved_amount) for row in found] == [
        ("1-30", Decimal(0), Decimal(0), Decimal(0)),
        ("31-60", Decimal(70), Decimal(70), Decimal(0)),
    ]


def test_guesses_that_are_wrong_show_by_invoice_date_too(built: DuckDBPyConnection) -> None:
    found = guesses.rows(built, AS_OF, "invoice", (30, 45))
    # All invoices are 60 days old: 60 + 10 as guessed, 100 + 70 + 10 without; the cash is 40 and 5 days old.
    assert [(row.bucket, row.amount, row.named_amount, row.moved_amount) for row in found] == [
        ("0-30", Decimal(0), Decimal(-70), Decimal(-70)),
        ("31-45", Decimal(0), Decimal(-40), Decimal(-40)),
        (">45", Decimal(70), Decimal(180), Decimal(110)),
    ]


def test_guesses_after_the_day_do_not_move_it(built: DuckDBPyConnection) -> None:
    found = guesses.rows(built, _later(15), "due", BOUNDS)
    assert {row.moved_amount for row in found} == {Decimal(0)}


def test_aging_without_guesses_equals_a_build_that_guesses_nothing() -> None:
    """Where every payment names nothing, as many open items as a build with `named_only`, on several days."""
    random = Random(7)  # noqa: S311 - seeded on purpose
    ledgers: dict[str, accounts.Account] = {}
    for number in range(12):
        invoices = [
            Invoice(f"I{k}", day, day + timedelta(days=random.randrange(30)), random.choice([10, 20, 35]))
            for k in range(random.randint(1, 8))
            for day in [DAY + timedelta(days=random.randrange(40))]
        ]
        lines = [
            Payment(f"P{k}", 1, DAY + timedelta(days=random.randrange(50)), random.choice([10, 20, 35, 50]))
            for k in range(random.randint(0, 8))
        ]
        ledgers[f"C{number}"] = (invoices, lines)
    with warehouse.connect() as guessed, warehouse.connect() as named:
        accounts.build(guessed, ledgers)
        accounts.build(named, ledgers, cash_application="named_only")
        for day in (20, 40, 70):
            without = guessed.execute(
                "select customer_id, bucket_no, named_amount from receivables_without_guesses(?, bounds := [10, 30]) "
                "where named_amount <> 0 order by all",
                [_later(day)],
            ).fetchall()
            asked = named.execute(
                "select customer_id, bucket_no, amount from receivables_aging(?, bounds := [10, 30]) "
                "where amount <> 0 order by all",
                [_later(day)],
            ).fetchall()
            assert without == asked
            assert asked


def test_guesses_by_customer_move_debt_of_those_they_were_made_for(built: DuckDBPyConnection) -> None:
    found = guesses.rows(built, AS_OF, "invoice", (30, 45), by="customer")
    # As above, all of it A's: B named what it paid.
    assert [(row.slice, row.bucket, row.moved_amount) for row in found] == [
        ("A", "0-30", Decimal(-70)),
        ("A", "31-45", Decimal(-40)),
        ("A", ">45", Decimal(110)),
        ("B", ">45", Decimal(0)),
    ]
    assert guesses.most_moved(built, AS_OF, "invoice", (30, 45), "CNY", 5) == [("A", Decimal(110))]


@pytest.mark.parametrize("macro", ["receivables_aging", "receivables_without_guesses"])
def test_basis_is_due_or_invoice_and_nothing_else(built: DuckDBPyConnection, macro: str) -> None:
    def asked(basis: str) -> list[Any]:
        return built.execute(f"from {macro}(?, basis := ?) order by all", [_later(70), basis]).fetchall()

    assert asked("due_date") == asked("due") != asked("invoice") == asked("invoice_date")
    with pytest.raises(duckdb.Error, match="issue_date"):
        asked("issue_date")
