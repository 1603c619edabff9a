"""IBM's 2,466 invoices, all settled by the end: only an as-of date shows a balance, counted here row by row."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines import resources
from pipelines.metrics import aging
from pipelines.warehouse import models
from tests import support

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

AS_OF = date(2013, 6, 30)
BOUNDS = (30, 60, 90)
FILE = "data/ibm_ar/WA_Fn-UseC_-Accounts-Receivable.csv"


def _day(text: str) -> date:
    month, day, year = text.split("/")
    return date(int(year), int(month), int(day))


@pytest.fixture(scope="module")
def rows(shared: Path) -> list[dict[str, str]]:
    with (shared / FILE).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture
def built(connection: DuckDBPyConnection, rows: list[dict[str, str]]) -> DuckDBPyConnection:
    """Each row is an invoice and, on its settled date, a payment in full that names it."""
    support.empty_raw(connection)
    documents = [
        (
            number,
            row["invoiceNumber"],
            _day(row["InvoiceDate"]),
            row["customerID"],
            Decimal(row["InvoiceAmount"]),
            _day(row["DueDate"]),
            _day(row["SettledDate"]),
        )
        for number, row in enumerate(rows, start=2)
    ]
    connection.execute(
        "create temp table given (n int, id text, day date, who text, amount decimal(18, 4), due date, paid date)"
    )
    connection.executemany("insert into given values (?, ?, ?, ?, ?, ?, ?)", documents)
    connection.execute(
        "insert into raw.invoices by name select 1 as file_no, n as source_row, id as invoice_id, day as invoice_date, "
        "who as customer_id, amount as gross_amount, due as due_date from given"
    )
    connection.execute(
        "insert into raw.payments by name select 1 as file_no, n as source_row, id as payment_id, "
        "paid as payment_date, id as invoice_id, true as pays_in_full from given"
    )
    support.build(connection, ["fct_receivables"], as_of=AS_OF, base_currency="USD")
    models.create_macros(connection, resources.path("sql") / "macros")
    return connection


def test_ibm_invoices_as_of_mid_2013_are_open_as_counted_apart(
    built: DuckDBPyConnection, rows: list[dict[str, str]]
) -> None:
    expected: dict[tuple[str, int], list[Decimal]] = defaultdict(list)
    for row in rows:
        if _day(row["InvoiceDate"]) <= AS_OF < _day(row["SettledDate"]):
            late = (AS_OF - _day(row["DueDate"])).days
            bucket = 0 if late <= 0 else 1 + sum(late > bound for bound in BOUNDS)
            expected[row["customerID"], bucket].append(Decimal(row["InvoiceAmount"]))
    found = {
        (row.slice, row.bucket_no): (row.amount, row.item_count)
        for row in aging.rows(built, AS_OF, "due", BOUNDS)
    }
    assert found == {key: (sum(amounts), len(amounts)) for key, amounts in expected.items()}
    assert sum(len(amounts) for amounts in expected.values()) > 50


def test_ibm_invoices_after_the_last_settlement_owe_nothing(built: DuckDBPyConnection) -> None:
    assert aging.rows(built, date(2014, 12, 31)) == []
