"""Balances are those of the very day asked for, whatever days months end on; worked by hand.

Invoices of A: 100 on January 10, due on the 31st; 50 on January 28, due on February 27; 30 on March 2. Paid of the
first: 40 on February 10, 60 on March 10. Months close on the 25th, the figures are as of March 20.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from pipelines import metrics, resources, warehouse
from pipelines.warehouse import models
from tests import support
from tests.metrics import sales

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

INVOICES = [
    ("I1", date(2026, 1, 10), date(2026, 1, 31), 100),
    ("I2", date(2026, 1, 28), date(2026, 2, 27), 50),
    ("I3", date(2026, 3, 2), date(2026, 4, 1), 30),
]
PAYMENTS = [("P1", date(2026, 2, 10), 40), ("P2", date(2026, 3, 10), 60)]


@pytest.fixture(scope="module")
def company() -> Iterator[DuckDBPyConnection]:
    with warehouse.connect() as connection:
        support.empty_raw(connection)
        issued = [
            dict(zip(("invoice_id", "invoice_date", "due_date", "gross_amount"), row, strict=True))
            for row in INVOICES
        ]
        support.insert(connection, "raw.invoices", [{"customer_id": "A", **row} for row in issued])
        paid = [dict(zip(("payment_id", "payment_date", "amount"), row, strict=True)) for row in PAYMENTS]
        support.insert(
            connection, "raw.payments", [{"customer_id": "A", "invoice_id": "I1", **row} for row in paid]
        )
        sales.finish(connection, month_close_day=25)
        models.create_macros(connection, resources.path("sql") / "macros")
        yield connection


def _values(connection: DuckDBPyConnection, name: str, **asked: Any) -> list[Decimal | None]:
    return [row.value for row in metrics.query(connection, name, **asked)]


def test_balance_of_a_natural_month_is_of_its_last_day_though_months_close_on_the_25th(
    company: DuckDBPyConnection,
) -> None:
    """January 100 + 50, February less 40, March so far less 60 and 30 more; on February 28 all that is left is late."""
    assert _values(company, "receivables") == [150, 110, 80]
    assert _values(company, "overdue") == [0, 110, 50]
    published = company.execute(
        "select value from metrics.receivables where segment_count = 0 order by period_start"
    )
    assert [value for (value,) in published.fetchall()] == [150, 110, 80]


def test_balance_of_a_closing_month_is_of_its_closing_day(company: DuckDBPyConnection) -> None:
    """January 25: 100; February 25: 110, of which the 50 are due on the 27th; then as of March 20."""
    assert _values(company, "receivables", grain="closing_month") == [100, 110, 80]
    assert _values(company, "overdue", grain="closing_month") == [0, 60, 50]


@pytest.mark.parametrize(
    ("start", "end", "owed"),
    [
        (None, date(2026, 2, 9), 150),  # before the first payment
        (None, date(2026, 2, 10), 110),
        (date(2026, 2, 5), date(2026, 2, 20), 110),
        (date(2026, 3, 3), date(2026, 3, 9), 140),  # 60 + 50 + 30
    ],
)
def test_balance_of_a_range_is_of_its_last_day(
    company: DuckDBPyConnection, start: date | None, end: date, owed: int
) -> None:
    assert _values(company, "receivables", grain="all", start=start, end=end) == [owed]


def test_balance_of_a_month_cut_short_is_of_the_day_asked_for(company: DuckDBPyConnection) -> None:
    assert _values(company, "receivables", end=date(2026, 2, 9)) == [150, 150]


def test_balance_of_a_month_under_way_stands_beside_that_of_as_many_days(company: DuckDBPyConnection) -> None:
    """March 20: 80, after 110 on February 20."""
    (found,) = metrics.compare(company, "receivables")
    assert [found.value, found.to_previous.base, found.to_previous.difference] == [80, 110, -30]


@pytest.mark.parametrize(("grain", "owed"), [("month", 110), ("closing_month", 110), ("quarter", 80)])
def test_trace_of_a_balance_adds_up_to_it_in_every_calendar(
    company: DuckDBPyConnection, grain: str, owed: int
) -> None:
    rows = metrics.trace(company, "receivables", at=date(2026, 2, 15), grain=grain)
    assert sum((row.amount or Decimal(0) for row in rows), Decimal(0)) == owed
