"""Commands that study: what stands out in a metric, who comes back, what customers are likely worth."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer

from pipelines.cli import published, words
from pipelines.cli.options import Form, Home, Lang, settings
from pipelines.cli.output import Format, write

Where = Annotated[list[str] | None, typer.Option(metavar="DIMENSION=VALUE", help="Keep these only.")]


class Cohorts(StrEnum):
    """How customers are put together by their first order."""

    month = "month"
    quarter = "quarter"


# By grain: the table of cells, its columns, the table of the pooled curve, its number of periods.
_TABLES = {
    Cohorts.month: ("fct_cohort_months", "cohort_month", "month_no", "fct_retention_curve"),
    Cohorts.quarter: ("fct_cohort_quarters", "cohort_quarter", "quarter_no", "fct_retention_curve_quarters"),
}


def register(app: typer.Typer) -> None:
    """Add these commands to the app."""
    for command in (notes, retention, value):
        app.command()(command)


def notes(
    names: Annotated[list[str], typer.Argument(metavar="NAME…", help="Metrics, such as revenue.")],
    *,
    where: Where = None,
    lang: Lang = None,
    home: Home = None,
    form: Form = Format.table,
) -> None:
    """Say what stands out in a metric's months: trend, seasons, outliers, each by a stated rule."""
    from pipelines import metrics

    chosen = settings(lang=lang, home=home)
    conditions = words.conditions(where or [], "--where")
    with published.opened(chosen.home) as connection:
        found = [note for name in names for note in metrics.notes(connection, name, where=conditions)]
    rows = [words.fields(note) | {"words": note.words[chosen.lang]} for note in found]
    write(rows, ["metric", "kind", "period_start", "size", "words"], form)


def retention(
    *,
    grain: Annotated[Cohorts, typer.Option(help="Cohorts by month or quarter.")] = Cohorts.month,
    curve: Annotated[
        bool, typer.Option("--curve", help="One curve over all cohorts that came so far.")
    ] = False,
    home: Home = None,
    form: Form = Format.table,
) -> None:
    """Show who ordered again in which month or quarter after their first, by cohort or pooled."""
    cells, cohort, number, pooled = _TABLES[grain]
    columns = [cohort, number, "cohort_size", "retained_count", "is_complete", "is_left_censored"]
    table, order = cells, f"{cohort}, {number}"
    if curve:
        columns = [number, "cohort_count", "cohort_size", "retained_count", "retention_rate"]
        table, order = pooled, number
    with published.opened(settings(home=home).home) as connection:
        found = connection.execute(
            f"select {', '.join(columns)} from marts.{table} order by {order}"
        ).fetchall()
    write([dict(zip(columns, row, strict=True)) for row in found], columns, form)


def value(
    *,
    days: Annotated[int, typer.Option(min=1, help="How many days ahead.")] = 365,
    top: Annotated[int | None, typer.Option(min=1, metavar="N", help="The N most valuable only.")] = None,
    home: Home = None,
    form: Form = Format.table,
) -> None:
    """Estimate what each customer will buy in days to come (BG/NBD; needs the extra `value`)."""
    from pipelines.metrics import lifetime

    with published.opened(settings(home=home).home) as connection:
        found = lifetime.expected_values(connection, days)
    total = sum(each.value for each in found)
    print(f"an estimate for {len(found)} customers over {days} days, {total:,.0f} together", file=sys.stderr)
    columns = ["customer_id", "buying_days", "active_chance", "expected_days", "mean_amount", "value"]
    write([words.fields(each) for each in found[:top]], columns, form)
