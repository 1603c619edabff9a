"""Commands on what is owed: its age, how fast it turns into cash, and each customer's statement."""

from __future__ import annotations

import sys
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.cli import published, words
from pipelines.cli.options import AsOf, End, Form, Home, Lang, Start, settings
from pipelines.cli.output import Format, plain, write
from pipelines.errors import UsageError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.metrics.aging import AgingRow
    from pipelines.metrics.receivables import ReceivableMonth
    from pipelines.settings import Settings

Bounds = Annotated[str | None, typer.Option(metavar="DAYS", help="Bucket bounds, such as 30,60,90.")]
_HUNDREDTH = Decimal("0.01")
_SUMMARY = ["currency", "bucket_no", "bucket", "amount", "item_count", "named_amount", "moved_amount"]


def register(app: typer.Typer) -> None:
    """Add these commands to the app."""
    for command in (aging, receivables, statement):
        app.command()(command)


def aging(
    *,
    as_of: AsOf = None,
    basis: Annotated[
        str | None, typer.Option(metavar="due|invoice", help="Age from the due or the invoice date.")
    ] = None,
    bounds: Bounds = None,
    by: Annotated[str, typer.Option(help="customer, sales_rep, region or currency.")] = "customer",
    summary: Annotated[
        bool,
        typer.Option(
            "--summary",
            help="By currency alone; tie the total to the documents, and tell how far guesses bear on it.",
        ),
    ] = False,
    guesses: Annotated[
        bool,
        typer.Option("--guesses", help="What would stand in another bucket if every guess were wrong."),
    ] = False,
    home: Home = None,
    form: Form = Format.table,
) -> None:
    """Answer with open receivables by age, as of any date."""
    from pipelines.metrics import aging as receivables_by_age

    chosen = settings(as_of=as_of, aging_basis=basis, aging_bounds=bounds, home=home)
    by = "currency" if summary else by
    with published.opened(chosen.home) as connection:
        moment = chosen.as_of or published.as_of(connection)
        if guesses:
            _guesses(connection, moment, chosen, by, form)
            return
        rows = receivables_by_age.rows(connection, moment, chosen.aging_basis, chosen.aging_bounds, by)
        if summary:
            _tell_tie_out(connection, moment, rows)
            write(_beside_guesses(connection, moment, chosen, rows), _SUMMARY, form)
            return
    key = "customer_id" if by == "customer" else by
    names = [key, "currency", "bucket_no", "bucket", "amount", "item_count", "base_amount"]
    columns = list(dict.fromkeys(names))
    write([words.fields(row) | {key: row.slice} for row in rows], columns, form)


def _tell_tie_out(connection: DuckDBPyConnection, moment: date, rows: list[AgingRow]) -> None:
    """Say what is open beside what the documents up to that day come to, whatever was applied to what."""
    documents = dict(
        connection.execute(
            "select currency, sum(amount)::decimal(18, 4) from marts.receivable_items "
            "where document_date <= $as_of group by currency",
            {"as_of": moment},
        ).fetchall()
    )
    for currency in sorted(
        {row.currency for row in rows} | {key for key, value in documents.items() if value}
    ):
        total = sum((row.amount for row in rows if row.currency == currency), Decimal(0))
        owed = documents.get(currency, Decimal(0))
        print(
            f"{currency}: {plain(total)} open as of {moment}; "
            f"invoices less credits and receipts {plain(owed)}; difference {plain(total - owed)}",
            file=sys.stderr,
        )


def _beside_guesses(
    connection: DuckDBPyConnection, moment: date, chosen: Settings, rows: list[AgingRow]
) -> list[dict[str, Any]]:
    """Return the aging by bucket beside what it would be if every guess were wrong, and say what was guessed."""
    from pipelines.metrics import guesses

    found = guesses.rows(connection, moment, chosen.aging_basis, chosen.aging_bounds)
    for currency, amount in guesses.amounts(connection, moment):
        moved = sum((abs(row.moved_amount) for row in found if row.currency == currency), Decimal(0)) / 2
        print(
            f"{currency}: {plain(amount)} applied by guess; were every guess wrong, "
            f"{plain(moved)} would stand in another bucket",
            file=sys.stderr,
        )
    counts = {(row.currency, row.bucket_no): row.item_count for row in rows}
    return [
        words.fields(row) | {"item_count": counts.get((row.currency, row.bucket_no), 0)}
        for row in found
        if (row.currency, row.bucket_no) in counts or row.named_amount
    ]


def _guesses(connection: DuckDBPyConnection, moment: date, chosen: Settings, by: str, form: Format) -> None:
    """Write the buckets in which anything would change."""
    from pipelines.metrics import guesses

    found = guesses.rows(connection, moment, chosen.aging_basis, chosen.aging_bounds, by)
    key = "customer_id" if by == "customer" else by
    names = [key, "currency", "bucket_no", "bucket", "amount", "named_amount", "moved_amount"]
    rows = [words.fields(row) | {key: row.slice} for row in found if row.moved_amount]
    write(rows, list(dict.fromkeys(names)), form)


def receivables(
    *,
    currency: Annotated[str | None, typer.Option(help="One currency; all of them by default.")] = None,
    loss_rates: Annotated[
        str | None,
        typer.Option(
            metavar="RATES",
            help="Expected loss: a rate a bucket, such as 0.01,0.05,0.20,0.50; policy: those of the settings; "
            "own: the company's own roll rates.",
        ),
    ] = None,
    rolls: Annotated[
        bool, typer.Option("--rolls", help="How much of each age was in the next one a month later.")
    ] = False,
    as_of: AsOf = None,
    bounds: Bounds = None,
    home: Home = None,
    form: Form = Format.table,
) -> None:
    """Answer month by month with DSO simple and countback, BPDSO, days delinquent, CEI and days to pay.

    With --loss-rates, the expected credit loss by bucket instead; with --rolls, the roll rates.
    """
    from pipelines.cli import losing

    chosen = settings(as_of=as_of, aging_bounds=bounds, home=home)
    with published.opened(chosen.home) as connection:
        wanted = _currencies(connection, currency)
        if loss_rates is not None:
            losing.losses(connection, chosen, loss_rates, wanted, form)
            return
        if rolls:
            losing.rolls(connection, chosen.aging_bounds if bounds else None, wanted, form)
            return
        rows = _months(connection, wanted)
    columns = ["currency", "month_end", "opening", "sales", "collected", "closing", "overdue", "dso"]
    columns += ["dso_countback", "is_at_least", "bpdso", "days_delinquent", "cei"]
    columns += ["days_to_pay", "days_late", "open_days"]
    write(rows, columns, form)


def _currencies(connection: DuckDBPyConnection, currency: str | None) -> list[str]:
    """Return the currency asked for, or all that have receivables."""
    known = [
        row[0]
        for row in connection.execute(
            "select distinct currency from marts.receivable_totals order by 1"
        ).fetchall()
    ]
    if currency is not None and currency not in known:
        raise UsageError("No receivables in that currency", found=currency, expected=", ".join(known))
    return known if currency is None else [currency]


def _months(connection: DuckDBPyConnection, wanted: list[str]) -> list[dict[str, Any]]:
    from pipelines.metrics import receivables as ratios

    return [_month(one) for each in wanted for one in ratios.months(connection, each)]


def _month(one: ReceivableMonth) -> dict[str, Any]:
    rounded = {name: _rounded(value) for name, value in one.speed().items()}
    return words.fields(one) | {"overdue": one.overdue, "is_at_least": one.is_at_least, **rounded}


def _rounded(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(_HUNDREDTH, ROUND_HALF_UP)


def statement(
    customer: Annotated[
        str | None, typer.Argument(metavar="CUSTOMER", help="A customer's number, or the exact name.")
    ] = None,
    *,
    everyone: Annotated[
        bool, typer.Option("--all", help="Every customer with a balance or documents.")
    ] = False,
    start: Start = None,
    end: End = None,
    xlsx: Annotated[bool, typer.Option("--xlsx", help="A workbook beside each page.")] = False,
    lang: Lang = None,
    home: Home = None,
) -> None:
    """Write customer statements 对账单: opening, each document, closing and its age; three months by default."""
    from pipelines.job import statements
    from pipelines.warehouse import Home as Place

    if (customer is None) is not everyone:
        raise UsageError("Name one customer, or ask for --all", expected="salesdesk statement CUSTOMER")
    chosen = settings(lang=lang, home=home)
    with published.opened(chosen.home) as connection:
        last = words.day(end, "--to") or published.as_of(connection)
        first = words.day(start, "--from") or statements.usual_start(last)
        for one, paths in statements.write(
            connection, Place(chosen.home), chosen, statements.Span(first, last), customer, has_books=xlsx
        ):
            for account in one.accounts if customer is not None else ():
                print(
                    f"{one.customer_id} {account.currency}: opening {plain(account.opening)}, "
                    f"closing {plain(account.closing)}",
                    file=sys.stderr,
                )
            for path in paths:
                print(path.absolute())
