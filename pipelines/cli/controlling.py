"""Commands that hold one set of books against another: documents, open items, the ledger, orders and invoices."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.cli import published, words
from pipelines.cli.options import End, Form, Home, Lang, Start, settings
from pipelines.cli.output import Format, plain, write
from pipelines.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from datetime import date

    from duckdb import DuckDBPyConnection


def register(app: typer.Typer) -> None:
    """Add these commands to the app."""
    for command in (reconcile, invoices):
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
    lang: Lang = None,
    home: Home = None,
    form: Form = Format.table,
) -> None:
    """Reconcile receivables 应收账款核对: opening, documents and closing of each customer; a month by default.

    With --ledger, every difference to the exported ledger balances and its likely documents.
    """
    from pipelines.job import statements

    chosen = settings(lang=lang, home=home)
    with published.opened(chosen.home) as connection:
        number = statements.customer_number(connection, customer) if customer else ""
        if ledger:
            _ledger(connection, number, chosen.lang, form)
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
    "balance_date customer_id customer_name currency open_amount ledger_amount difference_amount status clue what "
    "is_exact document_type document_id document_date amount state other_customer_id file_name source_row"
).split()

_SIDES = (("documents", "open_amount"), ("ledger", "ledger_amount"), ("difference", "difference_amount"))


def _ledger(connection: DuckDBPyConnection, customer: str, lang: str, form: Format) -> None:
    from pipelines.reporting.reading import queries

    asked = {"customer": customer}
    rows = _worded(queries.ask(connection, "ledger_differences", asked), "clue", "ledger_clue", lang)
    write(rows, _LEDGER_COLUMNS, form)
    totals = queries.ask(connection, "ledger_totals", asked)
    for row in totals:
        agree = f"{row['equal_balances']:,} of {row['balances']:,} balances agree"
        sides = ", ".join(f"{side} {plain(row[column])}" for side, column in _SIDES)
        print(f"{row['currency']} on {row['balance_date']}: {agree}; {sides}", file=sys.stderr)
    if not totals:
        print("no export gives ledger balances up to the as-of date", file=sys.stderr)


def _worded(rows: list[dict[str, Any]], column: str, section: str, lang: str) -> list[dict[str, Any]]:
    """Add `what`: the words of a column's code, in the language asked for."""
    from pipelines.reporting import words as catalog

    return [
        row | {"what": catalog.text(f"{section}.{row[column]}").of(lang) if row[column] else None}
        for row in rows
    ]


_SUBJECTS = ("order", "document", "credit", "series")
_ISSUE_COLUMNS = (
    "issue what subject invoice_id order_id customer_id customer_name currency since_date days amount expected_amount "
    "base_amount note sales_rep"
).split()


def invoices(
    *,
    issue: Annotated[str, typer.Option(help="Only one sort of issue, such as delivered_not_invoiced.")] = "",
    subject: Annotated[str, typer.Option(help="Only one subject: order, document, credit or series.")] = "",
    summary: Annotated[bool, typer.Option("--summary", help="How many of each, and their amount.")] = False,
    lang: Lang = None,
    home: Home = None,
    form: Form = Format.table,
) -> None:
    """List what is wrong about invoices 发票核对: against orders, on the document, red and blue, numbers missing."""
    from pipelines.reporting import words as catalog
    from pipelines.reporting.reading import queries

    _require_known(subject, _SUBJECTS, "subject")
    prefix = "invoice_issue."
    issues = [key.removeprefix(prefix) for key in catalog.catalog("en") if key.startswith(prefix)]
    _require_known(issue, issues, "issue")
    chosen = settings(lang=lang, home=home)
    asked = {"issue": issue, "subject": subject}
    with published.opened(chosen.home) as connection:
        totals = _worded(
            queries.ask(connection, "invoice_issue_totals", asked), "issue", "invoice_issue", chosen.lang
        )
        if summary:
            write(totals, ["subject", "issue", "what", "issues", "base_amount", "oldest_days"], form)
            return
        found = queries.ask(connection, "invoice_issues", asked)
    write(_worded(found, "issue", "invoice_issue", chosen.lang), _ISSUE_COLUMNS, form)
    print(f"{len(found):,} of {sum(row['issues'] for row in totals):,} issues", file=sys.stderr)


def _require_known(asked: str, known: Sequence[str], what: str) -> None:
    if asked and asked not in known:
        raise UsageError(
            f"Unknown {what}", found=asked, expected=", ".join(known), hint=did_you_mean(asked, known)
        )
