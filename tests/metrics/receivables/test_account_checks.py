"""The reconciliations of accounts, ledger and forecast: silent on any ledger, loud on a wrong one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from pipelines import warehouse
from tests import support
from tests.metrics.receivables import accounts
from tests.metrics.receivables.ledger import Invoice, Payment
from tests.metrics.receivables.test_checks import found

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

CHECKS = [
    "account_months_close",
    "cash_forecast_ties_to_open_items",
    "ledger_comparison_holds_every_balance",
]
BUILT = ["fct_account_months", "fct_cash_forecast", "ledger_comparisons"]


def _with_ledger(connection: DuckDBPyConnection, ledgers: dict[str, accounts.Account]) -> None:
    """Build all that is checked, with a ledger that says 1 of every customer on two days."""
    accounts.build(connection, ledgers)
    rows = (
        {"customer_id": customer, "balance_date": day, "balance": 1}
        for customer in ledgers
        for day in (date(2026, 2, 28), accounts.LAST)
    )
    support.insert(connection, "raw.ledger_balances", rows)
    support.build(connection, BUILT, as_of=accounts.LAST)


@pytest.fixture(scope="module")
def books() -> Iterator[DuckDBPyConnection]:
    """C0 has paid its invoice of 100, C1 40 of it; every test undoes what it changes."""
    day = accounts.FIRST
    ledgers = {
        "C0": ([Invoice("I0", day, day, 100)], [Payment("P0", 1, day, 100, "I0")]),
        "C1": ([Invoice("I0", day, day, 100)], [Payment("P0", 1, day, 40, "I0")]),
    }
    with warehouse.connect() as connection:
        _with_ledger(connection, ledgers)
        yield connection


@given(ledgers=accounts.ledgers)
@settings(accounts.few, max_examples=5)
def test_checks_of_random_accounts_find_nothing(ledgers: dict[str, accounts.Account]) -> None:
    with warehouse.connect() as connection:
        _with_ledger(connection, ledgers)
        assert {check: found(connection, check) for check in CHECKS} == {check: [] for check in CHECKS}


@pytest.mark.parametrize(
    ("fault", "loud"),
    [
        (
            "update marts.fct_account_months set closing_amount = closing_amount + 0.01",
            "account_months_close",
        ),
        (
            "update marts.fct_account_months set collected_amount = collected_amount - 0.01",
            "account_months_close",
        ),
        ("delete from marts.fct_account_months where customer_id = 'C1'", "account_months_close"),
        (
            "update marts.fct_cash_forecast set forecast_amount = forecast_amount + 0.01",
            "cash_forecast_ties_to_open_items",
        ),
        (
            "delete from marts.fct_cash_forecast where week_no = 14",
            "cash_forecast_ties_to_open_items",
        ),
        (
            "delete from marts.ledger_comparisons where customer_id = 'C1'",
            "ledger_comparison_holds_every_balance",
        ),
        (
            "update marts.ledger_comparisons set ledger_amount = ledger_amount + 0.01",
            "ledger_comparison_holds_every_balance",
        ),
    ],
)
def test_checks_after_a_cent_goes_astray_tell_it(books: DuckDBPyConnection, fault: str, loud: str) -> None:
    books.begin()
    books.execute(fault)
    told = [check for check in CHECKS if found(books, check)]
    books.rollback()
    assert told == [loud]
