"""The statements of many customers at once: four queries, however many there are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pipelines.reporting.reading.queries import Period, ask
from pipelines.reporting.statements import Account, Line, Statement

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def largest(
    connection: DuckDBPyConnection, period: Period, start: date, end: date, most: int
) -> tuple[Statement, ...]:
    """Return the statements of the `most` customers who owe most at the end of the period."""
    told = period.parameters(start=start, end=end, most=most)
    return _statements(connection, told, ask(connection, "statement_customers", told))


def one(
    connection: DuckDBPyConnection, period: Period, customer_id: str, start: date, end: date
) -> tuple[Statement, ...]:
    """Return the statement of one customer; nothing when no document names the customer."""
    told = period.parameters(start=start, end=end, customer_id=customer_id)
    return _statements(connection, told, ask(connection, "statement_customer", told))


def _statements(
    connection: DuckDBPyConnection, told: dict[str, Any], customers: Sequence[dict[str, Any]]
) -> tuple[Statement, ...]:
    if not customers:
        return ()
    told = told | {"customers": [row["customer_id"] for row in customers]}
    count = len(told["aging_bounds"]) + 2
    openings = {
        (row["customer_id"], row["currency"]): row["amount"]
        for row in ask(connection, "statement_openings", told)
    }
    lines: dict[tuple[str, str], list[Line]] = {}
    for row in ask(connection, "statement_lines", told):
        line = Line(
            row["document_date"], row["kind"], row["document_id"] or "", row["due_date"], row["amount"]
        )
        lines.setdefault((row["customer_id"], row["currency"]), []).append(line)
    aging: dict[tuple[str, str], list[Decimal]] = {}
    for row in ask(connection, "statement_aging", told):
        amounts = aging.setdefault((row["customer_id"], row["currency"]), [Decimal(0)] * count)
        amounts[row["bucket_no"]] += row["amount"]
    by_customer: dict[str, list[Account]] = {}
    for customer_id, currency in sorted({*openings, *lines, *aging}):
        key = (customer_id, currency)
        account = Account(
            currency,
            openings.get(key, Decimal(0)),
            tuple(lines.get(key, ())),
            tuple(aging.get(key, [Decimal(0)] * count)),
        )
        by_customer.setdefault(customer_id, []).append(account)
    bounds, basis = tuple(told["aging_bounds"]), told["aging_basis"]
    return tuple(
        Statement(
            **row,
            start=told["start"],
            end=told["end"],
            accounts=tuple(by_customer.get(row["customer_id"], ())),
            bounds=bounds,
            basis=basis,
        )
        for row in customers
    )
