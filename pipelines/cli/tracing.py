"""Commands that say where a figure comes from, and why it moved."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli import comparing, published, words
from pipelines.cli.comparing import Beside
from pipelines.cli.options import Form, Home, settings
from pipelines.cli.output import Format, plain, write
from pipelines.errors import MetricError, ReconciliationFailed, UsageError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.metrics import MetricRow, TracedRow

_COLUMNS = ["side", "table", "amount", "file_name", "source_part", "source_row"]
_EFFECTS = ["name", "before", "after", "effect"]


def register(app: typer.Typer) -> None:
    """Add these commands to the app."""
    for command in (trace, drivers):
        app.command()(command)


def trace(
    subject: Annotated[
        str, typer.Argument(metavar="METRIC|NUMBER", help="A metric, or a document's number.")
    ],
    *,
    at: Annotated[
        str | None, typer.Option(metavar="PERIOD", help="A month such as 2026-01, or a day in the period.")
    ] = None,
    grain: Annotated[str, typer.Option(help="day, week, month, quarter, year …")] = "month",
    by: Annotated[
        list[str] | None,
        typer.Option("--by", "--where", metavar="DIMENSION=VALUE", help="The slice the figure is of."),
    ] = None,
    home: Home = None,
    form: Form = Format.table,
) -> None:
    """Show the rows behind a figure, or of an order, invoice or payment: file, part and row."""
    from pipelines import metrics

    day, conditions = words.moment(at, "--at"), words.conditions(by or [], "--by")
    with published.opened(settings(home=home).home) as connection:
        if subject not in metrics.catalog() and not (day or conditions):
            rows = _document(connection, subject)
        else:
            metrics.find(subject)
            rows = _figure(connection, subject, day or published.as_of(connection), grain, conditions)
    write([words.fields(row) for row in rows], _COLUMNS, form)


def _document(connection: DuckDBPyConnection, number: str) -> list[TracedRow]:
    """Return the rows of a document, those in quarantine too. Raises UsageError when there is none."""
    from difflib import get_close_matches

    from pipelines import metrics

    held = _quarantined(connection, number)
    if held:
        print(f"{len(held)} rows of {number} are in quarantine: salesdesk quarantine", file=sys.stderr)
    try:
        return metrics.document(connection, number) + held
    except MetricError as error:
        if held:
            return held
        near = get_close_matches(number, metrics.catalog(), n=3)
        raise UsageError(
            "No document and no metric is called that",
            found=number,
            hint=f"did you mean {' or '.join(near)}?" if near else "",
            next_step=error.next_step,
        ) from error


def _quarantined(connection: DuckDBPyConnection, number: str) -> list[TracedRow]:
    """Return the rows of a document that are not trusted; a key of several columns begins with the number."""
    from pipelines.metrics import TracedRow

    rows = connection.execute(
        "select amount, file_name, coalesce(source_part, ''), source_row from ops.quarantine "
        "where status = 'open' and split_part(document_key, ' / ', 1) = $number "
        "order by file_name, source_part, source_row",
        {"number": number},
    ).fetchall()
    return [TracedRow("document", "ops.quarantine", *row) for row in rows]


def _figure(
    connection: DuckDBPyConnection, name: str, day: date, grain: str, where: dict[str, list[str]]
) -> list[TracedRow]:
    """Return the rows of a figure and say that they add up to it. Raises ReconciliationFailed when they don't."""
    from pipelines import metrics
    from pipelines.metrics.comparisons import period_of

    comparing.require_calendar(grain)
    span = period_of(connection, grain, day)
    rows = metrics.trace(connection, name, at=day, grain=grain, where=where)
    found = metrics.query(connection, name, grain=grain, start=span.start, end=span.end, where=where)
    figure = next((row for row in found if row.period_start == span.start), None)
    if figure is not None:
        shown = words.counted(words.fields(figure))
        print(f"{name} from {span.start} to {span.end}: {_told(shown['value'])}", file=sys.stderr)
        for side in ("numerator", "denominator"):
            _add_up(figure, side, shown[side], [row for row in rows if row.side == side])
    return rows


def _add_up(figure: MetricRow, side: str, told: Decimal | int | None, rows: Sequence[TracedRow]) -> None:
    """Say what the rows of one side come to, beside the figure's own part; a count is an int."""
    amounts = [row.amount for row in rows if row.amount is not None]
    if told is None and not rows:
        return
    if len(amounts) < len(rows):
        print(f"{side} {_told(told)}: the middle value of {len(rows)} rows", file=sys.stderr)
        return
    total = sum(amounts, Decimal(0))
    came = _told(told if told == total and isinstance(told, int) else total)
    print(f"{side} {_told(told)} = {came}, the sum of {len(rows)} rows", file=sys.stderr)
    if total != (told or Decimal(0)):
        raise ReconciliationFailed(
            f"The rows of {figure.metric} don't add up to the figure",
            where=f"{side}, {figure.period_start}",
            found=came,
            expected=_told(told),
            next_step="please report this with `salesdesk doctor`",
        )


def _told(value: Decimal | int | None) -> str:
    if value is None:
        return "no value"
    return str(value) if isinstance(value, int) else plain(value)


def drivers(
    name: Annotated[str, typer.Argument(metavar="METRIC", help="revenue.")] = "revenue",
    *,
    at: Annotated[str | None, typer.Option(metavar="MONTH", help="A month such as 2026-01.")] = None,
    by: Annotated[
        str | None, typer.Option(metavar="DIMENSION", help="By region, product_id, customer_id … instead.")
    ] = None,
    compare: Annotated[Beside, typer.Option(help="prior or year.")] = Beside.prior,
    home: Home = None,
    form: Form = Format.table,
) -> None:
    """Say why revenue moved: customers, orders per customer, value per order; or by slice. Adds up to the change."""
    from pipelines import metrics

    if name != "revenue":
        metrics.find(name)
        raise UsageError("Only revenue is taken apart", found=name, expected="revenue")
    if compare not in {Beside.prior, Beside.year}:
        raise UsageError(
            "Revenue is taken apart beside another month", found=compare, expected="prior or year"
        )
    with published.opened(settings(home=home).home) as connection:
        last = published.as_of(connection)
        day = min(words.moment(at, "--at") or last, last)
        base, current = comparing.ranges(connection, "month", day, last, is_year_ago=compare is Beside.year)
        if by is None:
            effects = metrics.drivers(connection, base, current)
        else:
            effects = metrics.contributions(connection, base, current, by)
    change = sum((effect.effect for effect in effects), Decimal(0))
    print(
        f"{base.start} to {base.end} -> {current.start} to {current.end}: change {plain(change)}",
        file=sys.stderr,
    )
    rows = [
        {"name": each.name, "before": _shown(each.before), "after": _shown(each.after), "effect": each.effect}
        for each in effects
    ]
    write(rows, _EFFECTS, form)


def _shown(factor: Decimal | None) -> Decimal | None:
    """Round a factor, such as orders per customer, for the eye; effects are exact."""
    return None if factor is None else factor.quantize(Decimal("0.0001"))
