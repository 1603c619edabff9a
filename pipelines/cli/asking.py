"""Commands that ask the published file for figures."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.cli.options import AsOf, Form, Home, settings
from pipelines.cli.output import Format, write
from pipelines.errors import UsageError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def register(app: typer.Typer) -> None:
    """Add these commands to the app."""
    for command in (metric, aging):
        app.command()(command)


def metric(
    names: Annotated[
        list[str], typer.Argument(metavar="NAME…", help="Metrics, such as revenue order_value.")
    ],
    *,
    grain: Annotated[str, typer.Option(help="day, week, month, quarter, year, all …")] = "month",
    by: Annotated[str, typer.Option(help="Dimensions to slice by, such as region,channel.")] = "",
    start: Annotated[str | None, typer.Option("--from", metavar="DATE", help="First day.")] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="DATE", help="Last day.")] = None,
    where: Annotated[
        list[str] | None, typer.Option(metavar="DIMENSION=VALUE", help="Keep these only.")
    ] = None,
    home: Home = None,
    form: Form = Format.table,
) -> None:
    """Answer with metrics by period and slice."""
    from pipelines import metrics
    from pipelines.warehouse import read

    slices = _listed(by)
    with read(settings(home=home).home) as connection:
        rows = metrics.query(
            connection,
            names,
            grain=grain,
            by=slices,
            start=_date(start, "--from"),
            end=_date(end, "--to"),
            where=_conditions(where or []),
        )
    columns = ["metric", "grain", "period_start", *slices, "numerator", "denominator", "value", "is_complete"]
    write([{**_fields(row), **row.segments} for row in rows], columns, form)


def aging(
    *,
    as_of: AsOf = None,
    basis: Annotated[
        str | None, typer.Option(metavar="due|invoice", help="Age from the due or the invoice date.")
    ] = None,
    bounds: Annotated[
        str | None, typer.Option(metavar="DAYS", help="Bucket bounds, such as 30,60,90.")
    ] = None,
    by: Annotated[str, typer.Option(help="customer, sales_rep, region or currency.")] = "customer",
    home: Home = None,
    form: Form = Format.table,
) -> None:
    """Answer with open receivables by age, as of any date."""
    from pipelines.metrics import aging as receivables
    from pipelines.warehouse import read

    chosen = settings(as_of=as_of, aging_basis=basis, aging_bounds=bounds, home=home)
    with read(chosen.home) as connection:
        moment = chosen.as_of or published_as_of(connection)
        rows = receivables.rows(connection, moment, chosen.aging_basis, chosen.aging_bounds, by)
    key = "customer_id" if by == "customer" else by
    columns = list(dict.fromkeys([key, "currency", "bucket_no", "bucket", "amount", "item_count"]))
    write([_fields(row) | {key: row.slice} for row in rows], columns, form)


def published_as_of(connection: DuckDBPyConnection) -> date:
    """Return the as-of date of the publication that is open."""
    row = connection.execute(
        "select as_of from ops.runs where status = 'published' order by started_at desc limit 1"
    ).fetchone()
    if row is None:
        message = "a published file always holds its own run"
        raise RuntimeError(message)
    found: date = row[0]
    return found


def _fields(row: Any) -> dict[str, Any]:
    return dict(row._asdict()) if hasattr(row, "_asdict") else dict(vars(row))


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _date(text: str | None, option: str) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"{option} is not a date", found=text, expected="a date such as 2026-10-31"
        ) from error


def _conditions(texts: list[str]) -> dict[str, list[str]]:
    """Read `region=华东` conditions; the same dimension twice means either value."""
    conditions: dict[str, list[str]] = {}
    for text in texts:
        name, separator, value = text.partition("=")
        if not separator:
            raise UsageError("--where needs DIMENSION=VALUE", found=text, expected="such as region=East")
        conditions.setdefault(name.strip(), []).append(value.strip())
    return conditions
