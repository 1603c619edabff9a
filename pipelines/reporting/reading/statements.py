"""The statements of many customers at once: five queries, however many there are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pipelines.reporting.reading.queries import Period, ask
from pipelines.reporting.statements import Account, Line, OpenItem, Statement

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def largest(
    connection: DuckDBPyConnection, period: Period, start: date, end: date, most: int
) -> tuple[Statement, ...]:
    """Return the statements of the `most` customers who owe most at the end of the period."""
    told = period.parameters(start=start, end=end, most=most)
    return _statements(connection, told, ask(connection, "statement_customers", told))


def everyone(connection: DuckDBPyConnection, period: Period, start: date, end: date) -> tuple[Statement, ...]:
    """Return the statement of every customer with a document in the period or a balance at its end."""
    told = period.parameters(start=start, end=end)
    return _statements(connection, told, ask(connection, "statement_everyone", told))


def named(
    connection: DuckDBPyConnection, period: Period, customer_ids: Sequence[str], start: date, end: date
) -> tuple[Statement, ...]:
    """Return the statements of some customers, in the order of numbers; none for one whom no document names."""
    told = period.parameters(start=start, end=end, wanted=list(customer_ids))
    return _statements(connection, told, ask(connection, "statement_named", told))


def _statements(
    connection: DuckDBPyConnection, told: dict[str, Any], customers: Sequence[dict[str, Any]]
) -> tuple[Statement, ...]:
    if not customers:
        return ()
    accounts = _accounts(connection, told | {"customers": [row["customer_id"] for row in customers]})
    bounds, basis = tuple(told["aging_bounds"]), told["aging_basis"]
    return tuple(
        Statement(
            **row,
            start=told["start"],
            end=told["end"],
            accounts=tuple(accounts.get(row["customer_id"], ())),
            bounds=bounds,
            basis=basis,
        )
        for row in customers
    )


def _accounts(connection: DuckDBPyConnection, told: dict[str, Any]) -> dict[str, list[Account]]:
    """Return the accounts of each customer, by currency."""
    count = len(told["aging_bounds"]) + 2
    openings = {_key(row): row["amount"] for row in ask(connection, "statement_openings", told)}
    lines: dict[tuple[str, str], list[Line]] = {}
    for row in ask(connection, "statement_lines", told):
        line = Line(
            row["document_date"], row["kind"], row["document_id"] or "", row["due_date"], row["amount"]
        )
        lines.setdefault(_key(row), []).append(line)
    aging: dict[tuple[str, str], list[Decimal]] = {}
    for row in ask(connection, "statement_aging", told):
        aging.setdefault(_key(row), [Decimal(0)] * count)[row["bucket_no"]] += row["amount"]
    open_items: dict[tuple[str, str], list[OpenItem]] = {}
    for row in ask(connection, "statement_open_items", told):
        open_items.setdefault(_key(row), []).append(_open_item(row))
    accounts: dict[str, list[Account]] = {}
    for key in sorted({*openings, *lines, *aging}):
        account = Account(
            key[1],
            openings.get(key, Decimal(0)),
            tuple(lines.get(key, ())),
            tuple(aging.get(key, [Decimal(0)] * count)),
            tuple(open_items.get(key, ())),
        )
        accounts.setdefault(key[0], []).append(account)
    return accounts


def _open_item(row: dict[str, Any]) -> OpenItem:
    number = row["document_id"] or ""
    return OpenItem(
        row["document_date"],
        row["kind"],
        f"{number} / {row['line_no']}" if row["kind"] == "instalment" else number,
        row["due_date"],
        row["amount"],
        row["open_amount"],
        row["days_late"],
    )


def _key(row: dict[str, Any]) -> tuple[str, str]:
    return row["customer_id"], row["currency"]
