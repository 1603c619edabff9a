"""Customer statements 对账单 as files: a page for each customer, and a workbook beside it when asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines import __version__
from pipelines.errors import NothingPublished, SalesdeskError, UsageError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.reporting import RunFacts
    from pipelines.reporting.statements import Statement
    from pipelines.settings import Settings
    from pipelines.warehouse import Home

_MONTHS = 3
_NEAREST = 3


@dataclass(frozen=True)
class Span:
    """The period of a statement, both days included."""

    start: date
    end: date


def usual_start(end: date) -> date:
    """Return the first day of the three months that end with the month of `end`."""
    year, month = divmod(end.year * 12 + end.month - _MONTHS, 12)
    return date(year, month + 1, 1)


def write(
    connection: DuckDBPyConnection,
    home: Home,
    settings: Settings,
    span: Span,
    customer: str | None,
    *,
    has_books: bool = False,
) -> Iterator[tuple[Statement, list[Path]]]:
    """Write the statement of one customer, or of every customer with a balance or documents; yield each with its files.

    `customer` is a number or an exact name, None for everyone. The files are in `reports/statements`, named by
    customer and period; one that is there already is replaced. Raises UsageError for an unknown customer, with the
    nearest ones, and for a period that ends before it starts or after the as-of date.
    """
    numbers = None if customer is None else [customer_number(connection, customer)]
    yield from write_several(connection, home, settings, span, numbers, has_books=has_books)


def write_several(
    connection: DuckDBPyConnection,
    home: Home,
    settings: Settings,
    span: Span,
    numbers: Sequence[str] | None,
    *,
    has_books: bool = False,
) -> Iterator[tuple[Statement, list[Path]]]:
    """Do what `write` does for the customers of these numbers; None for everyone."""
    from pipelines.metrics import aging
    from pipelines.reporting.reading import statements as reading
    from pipelines.reporting.reading.queries import Period

    run = _run(connection, settings, span)
    _require_sense(span, run.as_of)
    period = Period(
        span.start,
        span.end,
        run.as_of,
        run.base_currency,
        settings.aging_basis,
        tuple(settings.aging_bounds),
    )
    aging.keep(connection, (span.end,))
    if numbers is None:
        found = reading.everyone(connection, period, span.start, span.end)
    else:
        found = reading.named(connection, period, numbers, span.start, span.end)
    home.prepare()
    for statement in found:
        _require_tie(statement)
        yield statement, _files(statement, home, run, has_books=has_books)


def _require_tie(statement: Statement) -> None:
    """Refuse to write down for a customer what does not add up: every run proves that it does before it publishes."""
    for account in statement.accounts:
        if not account.is_tied:
            raise SalesdeskError(
                "The open items of a statement do not add up to its closing balance",
                where=f"{statement.customer_id} {account.currency}",
                found=str(sum(account.aging, Decimal(0))),
                expected=str(account.closing),
                next_step="salesdesk reconcile shows where; run: salesdesk build --full",
            )


def _files(statement: Statement, home: Home, run: RunFacts, *, has_books: bool) -> list[Path]:
    from pipelines.reporting import render, statements, workbooks
    from pipelines.reporting.statement_book import statement_book

    usual = home.reports / statements.statement_file(statement)
    page = usual.with_name(f"{usual.stem}_{statement.start}_{statement.end}.html")
    page.parent.mkdir(mode=0o700, exist_ok=True)
    draft = page.with_name(f".{page.name}.draft")
    draft.write_text(render.statement(statement, run), encoding="utf-8", newline="\n")
    draft.replace(page)
    if not has_books:
        return [page]
    book = page.with_suffix(".xlsx")
    workbooks.write(statement_book(statement, run.lang), draft, run)
    draft.replace(book)
    return [page, book]


def _run(connection: DuckDBPyConnection, settings: Settings, span: Span) -> RunFacts:
    from pipelines.reporting import RunFacts

    row = connection.execute(
        "select run_id, as_of, base_currency, fingerprint from ops.runs "
        "where status = 'published' order by started_at desc limit 1"
    ).fetchone()
    if row is None:
        raise NothingPublished("The published file holds no run of its own", where=str(settings.home))
    run_id, as_of, base_currency, fingerprint = row
    return RunFacts(
        run_id=run_id,
        as_of=as_of,
        base_currency=base_currency,
        company=settings.company,
        period_start=span.start,
        period_end=span.end,
        lang=settings.lang,
        version=__version__,
        fingerprint=fingerprint,
        aging_basis=settings.aging_basis,
    )


def _require_sense(span: Span, as_of: date) -> None:
    if span.end < span.start:
        raise UsageError(
            "The statement ends before it starts",
            found=f"{span.start} to {span.end}",
            next_step="swap the two dates",
        )
    if span.end > as_of:
        raise UsageError(
            "The statement ends after what is published",
            found=str(span.end),
            expected=f"a day up to {as_of}",
            next_step="load newer exports, or run with a later --as-of",
        )


def customer_number(connection: DuckDBPyConnection, customer: str) -> str:
    """Return the number of a customer named by number or exact name."""
    rows = connection.execute(
        "select customer_id from marts.dim_customers where customer_id = $asked or customer_name = $asked "
        "order by customer_id = $asked desc, customer_id",
        {"asked": customer},
    ).fetchall()
    numbers = [row[0] for row in rows]
    if not numbers:
        raise UsageError("Unknown customer", found=customer, hint=_nearest(connection, customer))
    if len(numbers) > 1 and numbers[0] != customer:
        raise UsageError(
            "Several customers have that name", found=customer, expected=f"a number: {', '.join(numbers)}"
        )
    return str(numbers[0])


def _nearest(connection: DuckDBPyConnection, customer: str) -> str:
    rows = connection.execute(
        """
        select
            customer_id,
            coalesce(customer_name, '')
        from marts.dim_customers
        order by
            contains(lower(coalesce(customer_name, '')), lower($asked)) desc,
            greatest(
                jaro_winkler_similarity(lower(customer_id), lower($asked)),
                jaro_winkler_similarity(lower(coalesce(customer_name, '')), lower($asked))
            ) desc,
            customer_id
        limit $nearest
        """,
        {"asked": customer, "nearest": _NEAREST},
    ).fetchall()
    told = [f"{number} ({name})" if name else number for number, name in rows]
    return f"did you mean {' or '.join(told)}?" if told else "no customer is known yet"
