"""What the pages and commands ask about the general ledger, on a small company worked by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines.reporting.reading import certainty
from pipelines.reporting.reading.queries import ask
from tests import support

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def _company(connection: DuckDBPyConnection) -> None:
    """A owes 150 where the ledger has 100; B owes the 20 that the ledger has; the ledger has 7 of unknown C."""
    support.empty_raw(connection)
    invoices = [
        ("I1", "A", 100, date(2026, 9, 1)),
        ("I2", "A", 50, date(2026, 9, 28)),
        ("I3", "B", 20, date(2026, 9, 2)),
    ]
    support.insert(
        connection,
        "raw.invoices",
        (
            {"invoice_id": number, "customer_id": customer, "gross_amount": amount, "invoice_date": day}
            for number, customer, amount, day in invoices
        ),
    )
    support.insert(
        connection,
        "raw.ledger_balances",
        (
            {"customer_id": customer, "balance_date": date(2026, 9, 30), "balance": balance}
            for customer, balance in (("A", 100), ("B", 20), ("C", 7))
        ),
    )
    support.insert(connection, "ops.files", [{"file_no": 1, "file_name": "books.csv", "is_current": True}])
    support.build(connection, ["ledger_clues"])


def test_ledger_differences_name_the_document_with_its_file_and_row(connection: DuckDBPyConnection) -> None:
    _company(connection)
    rows = ask(connection, "ledger_differences", {"customer": ""})
    named = ("customer_id", "difference_amount", "status", "clue", "document_id", "file_name", "source_row")
    assert [tuple(row[name] for name in named) for row in rows] == [
        ("A", Decimal(50), "differs", "not_in_ledger", "I2", "books.csv", 3),
        ("C", Decimal(-7), "not_in_documents", None, None, None, None),
    ]


def test_ledger_totals_count_what_agrees(connection: DuckDBPyConnection) -> None:
    _company(connection)
    (row,) = ask(connection, "ledger_totals", {"customer": ""})
    assert (row["balances"], row["equal_balances"]) == (3, 1)
    # 170 by documents, 127 by the ledger
    assert (row["open_amount"], row["ledger_amount"], row["difference_amount"]) == (170, 127, 43)


def test_ledger_of_the_page_names_the_likeliest_document_of_each_difference(
    connection: DuckDBPyConnection,
) -> None:
    _company(connection)
    (total,) = certainty.ledger_totals(connection)
    assert (total.balance_date, total.balances, total.equal_balances) == (date(2026, 9, 30), 3, 1)
    found = certainty.ledger_differences(connection, total.balance_date)
    assert [
        (row.customer_name, row.difference_amount, row.clue, row.documents, row.more) for row in found
    ] == [
        ("A", Decimal(50), "not_in_ledger", ("I2",), 0),
        ("C", Decimal(-7), "", (), 0),
    ]
    assert certainty.ledger_differences(connection, date(2026, 8, 31)) == ()
