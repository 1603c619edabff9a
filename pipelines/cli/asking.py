"""Commands that ask for metrics: figures, comparisons, the largest slices, the list of what is declared."""

from __future__ import annotations

import sys
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.cli import comparing, published, words
from pipelines.cli.comparing import Asked, Beside
from pipelines.cli.options import End, Form, Home, Lang, Start, settings
from pipelines.cli.output import Format, write
from pipelines.errors import UsageError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.metrics import MetricRow

Where = Annotated[list[str] | None, typer.Option(metavar="DIMENSION=VALUE", help="Keep these only.")]
Compare = Annotated[
    list[Beside] | None,
    typer.Option(
        help="Beside the period before (环比), a year ago (同比), the same elapsed days, the plan; again for more."
    ),
]
Top = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="The N largest slices, and all others as one.")
]
TOTAL = "total"
_MEASURES = ("numerator", "denominator", "value", "is_complete", "is_small_sample", "reason")


def register(app: typer.Typer) -> None:
    """Add these commands to the app."""
    app.command()(metric)
    app.command("metrics")(declared)


def metric(  # noqa: PLR0913 - every argument is one option of the command
    names: Annotated[
        list[str], typer.Argument(metavar="NAME…", help="Metrics, such as revenue order_value.")
    ],
    *,
    grain: Annotated[
        str | None, typer.Option(help="day, week, month (default), quarter, year, all …")
    ] = None,
    by: Annotated[str, typer.Option(help="Dimensions to slice by, such as region,channel.")] = "",
    start: Start = None,
    end: End = None,
    where: Where = None,
    compare: Compare = None,
    top: Top = None,
    total: Annotated[bool, typer.Option("--total", help="Add the total, computed anew.")] = False,
    home: Home = None,
    form: Form = Format.table,
) -> None:
    """Answer with metrics by period and slice.

    With --compare, the period that holds --to (by default the last one); with --from too, each one from there.
    """
    asked = Asked(
        names=names,
        grain=grain or ("month" if top is None else "all"),
        by=words.listed(by),
        where=words.conditions(where or [], "--where"),
        start=words.day(start, "--from"),
        end=words.day(end, "--to"),
    )
    _require_sense(asked, compare, top, total=total)
    place = ["metric", "grain", "period_start", *asked.by]
    with published.opened(settings(home=home).home) as connection:
        if compare:
            write(comparing.rows(connection, asked, compare), [*place, *comparing.COLUMNS], form)
            return
        answer = _figures(connection, asked, top)
        rows = [words.counted(words.fields(row)) | row.segments for row in answer]
        if total and asked.by:
            whole = _figures(connection, asked, None, is_whole=True)
            rows += [words.counted(words.fields(row)) | dict.fromkeys(asked.by, TOTAL) for row in whole]
        if not rows:
            print(_known_days(connection), file=sys.stderr)
    write(rows, [*place, *_MEASURES], form)


def _known_days(connection: DuckDBPyConnection) -> str:
    """Return the words that an empty answer needs: which days the published file knows."""
    from pipelines import metrics

    built = metrics.settings_of_build(connection)
    if built["first_date"] is None:
        return "the published file holds no documents that a metric counts"
    return f"the data runs from {built['first_date']} to {built['as_of']}; nothing is known of other days"


def _require_sense(asked: Asked, compare: list[Beside] | None, top: int | None, *, total: bool) -> None:
    if compare and (top is not None or total):
        raise UsageError(
            "--compare goes with neither --top nor --total", next_step="ask twice, once with each of them"
        )
    if top is not None and len(asked.by) != 1:
        raise UsageError(
            "--top needs one dimension", found=",".join(asked.by), expected="such as --by customer_id"
        )
    if asked.start and asked.end and asked.end < asked.start:
        raise UsageError(
            "The range ends before it starts",
            found=f"{asked.start} to {asked.end}",
            next_step="swap the two dates",
        )


def _figures(
    connection: DuckDBPyConnection, asked: Asked, top: int | None, *, is_whole: bool = False
) -> list[MetricRow]:
    from pipelines import metrics

    told: dict[str, Any] = {
        "grain": asked.grain,
        "start": asked.start,
        "end": asked.end,
        "where": asked.where,
    }
    if top is not None:
        found = metrics.largest(connection, asked.names, top, by=asked.by[0], **told)
        return sorted(found, key=lambda row: (asked.names.index(row.metric), row.period_start, *_rank(row)))
    return metrics.query(connection, asked.names, by=() if is_whole else asked.by, **told)


def _rank(row: MetricRow) -> tuple[bool, Decimal]:
    """Order slices by size, and all others last."""
    return "others" in row.segments.values(), -(row.value or Decimal(0))


def declared(*, lang: Lang = None, home: Home = None, form: Form = Format.table) -> None:
    """List the declared metrics: label, unit, the slices each can be seen by, and its formula in words."""
    from pipelines import metrics

    chosen = settings(lang=lang, home=home)
    rows = [
        {
            "metric": name,
            "label": one.label[chosen.lang],
            "unit": one.unit,
            "better": one.better,
            "slices": ",".join(one.dimensions),
            "words": one.words[chosen.lang],
            "leaves_out": one.leaves_out[chosen.lang],
        }
        for name, one in metrics.catalog().items()
    ]
    columns = ["metric", "label", "unit", "better", "slices", "words", "leaves_out"]
    write(rows, columns[: -1 if form is Format.table else None], form)
