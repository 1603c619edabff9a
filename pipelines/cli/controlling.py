"""Commands that hold one set of books against another: documents, open items and the general ledger."""

from __future__ import annotations

import sys
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.cli import published, words
from pipelines.cli.options import End, Form, Home, Start, settings
from pipelines.cli.output import Format, plain, write

if TYPE_CHECKING:
    from datetime import date

    from duckdb import DuckDBPyConnection


def register(app: typer.Typer) -> None:
    """Add these commands to the app."""
    for command in (reconcile,):
        app.command()(command)


def reconcile(
    customer: Annotated[
        str | None,
        typer.Argument(metavar="CUSTOMER", help="A customer's number, or the exact name; all by default."),
    ] = None,
    *,
    ledger: Annotated[
        bool,
        typer.Option(
            "--ledger", help="Against exported ledger balances, with what may explain a difference."
        ),
    ] = False,
    start: Start = None,
    end: End = None,
    home: Home = None,
    form: Form = Format.table,
) -> None:
    """Reconcile receivables 应收账款核对: opening, documents and closing of each customer; a month by default.

    With --ledger, every difference to the exported ledger balances and its likely documents.
    """
    from pipelines.job import statements

    chosen = settings(home=home)
    with published.opened(chosen.home) as connection:
        number = statements.customer_number(connection, customer) if customer else ""
        if ledger:
            _ledger(connection, number, form)
            return
        last = words.day(end, "--to") or published.as_of(connection)
        first = words.day(start, "--from") or last.replace(day=1)
        _roll_forward(connection, number, first, last, form)


_MOVEMENTS = (
    "opening",
    "invoiced",
    "credited",
    "collected",
    "refunded",
    "adjusted",
    "closing",
    "open",
    "difference",
)


def _roll_forward(
    connection: DuckDBPyConnection, customer: str, first: date, last: date, form: Format
) -> None:
    from pipelines.reporting.reading import queries

    rows = queries.ask(connection, "reconciliation", {"customer": customer, "start": first, "end": last})
    amounts = [f"{name}_amount" for name in _MOVEMENTS]
    write(rows, ["customer_id", "customer_name", "currency", *amounts], form)
    for currency in sorted({row["currency"] for row in rows}):
        told = ", ".join(f"{name} {plain(_total(rows, currency, f'{name}_amount'))}" for name in _MOVEMENTS)
        print(f"{currency}, {first} to {last}: {told}", file=sys.stderr)


def _total(rows: list[dict[str, Any]], currency: str, column: str) -> Decimal:
    return sum((row[column] for row in rows if row["currency"] == currency), Decimal(0))


_LEDGER_COLUMNS = (
    "balance_date customer_id customer_name currency open_amount ledger_amount difference_amount status clue is_exact "
    "document_type document_id document_date amount state other_customer_id file_name source_row"
).split()

_SIDES = (("documents", "open_amount"), ("ledger", "ledger_amount"), ("difference", "difference_amount"))


def _ledger(connection: DuckDBPyConnection, customer: str, form: Format) -> None:
    from pipelines.reporting.reading import queries

    asked = {"customer": customer}
    write(queries.ask(connection, "ledger_differences", asked), _LEDGER_COLUMNS, form)
    totals = queries.ask(connection, "ledger_totals", asked)
    for row in totals:
        agree = f"{row['equal_balances']:,} of {row['balances']:,} balances agree"
        sides = ", ".join(f"{side} {plain(row[column])}" for side, column in _SIDES)
        print(f"{row['currency']} on {row['balance_date']}: {agree}; {sides}", file=sys.stderr)
    if not totals:
        print("no export gives ledger balances up to the as-of date", file=sys.stderr)
