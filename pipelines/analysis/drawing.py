"""Figures of frames, through the chart specifications and the theme of the reports."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pipelines.analysis.frames import records, told
from pipelines.errors import UsageError
from pipelines.reporting import buckets, numbers, palette, periods
from pipelines.reporting.figures import nothing_to_draw, order_to_cash, plotly_figure
from pipelines.reporting.figures.series import COLOURS, Plot, Series, series
from pipelines.reporting.sales_rows import BridgeStep
from pipelines.reporting.words import LANGUAGES, Text

if TYPE_CHECKING:
    from pandas import DataFrame

    from pipelines.reporting.chart import AnyChart
    from pipelines.reporting.figures.series import Figure

Row = dict[str, Any]
_OPEN = Text("未清应收", "Open receivables")
_RETURNED = Text("留存率", "Retained")
_MOST_COHORTS = 6
_COHORT_MONTHS = 3


def figure(frame: DataFrame, lang: str = "zh") -> Figure:
    """Return a plotly figure of a frame from `query`, `aging`, `cohorts` or `bridge`, in the house's theme.

    Metrics: one panel each over the periods; one line a value of a slice, six at most; for a single period one
    column a value. Words in `lang`, zh or en; of a frame without rows the figure says so. Raises UsageError for a frame
    that has no figure of its own, or more slices than can be told apart.
    """
    if lang not in LANGUAGES:
        raise UsageError("There are no words in that language", found=lang, expected=" or ".join(LANGUAGES))
    kind = frame.attrs.get("kind", "")
    if not is_drawn(frame):
        raise UsageError(
            "This frame has no figure of its own",
            found=kind or "a frame without .attrs",
            expected="a frame of analysis.query, aging, cohorts or bridge",
            next_step="draw before reshaping it, or hand it to plotly yourself",
        )
    rows = records(frame)
    if kind == "cohorts":  # the month of the first order is no return, and one that is not over is not known
        rows = [row for row in rows if row["is_complete"] and row["month_no"] > 0]
    if not rows:
        return nothing_to_draw(lang)
    return plotly_figure(_CHARTS[kind](rows, told(frame), lang))


def is_drawn(frame: DataFrame) -> bool:
    """Whether a frame is of a kind that has a figure of its own."""
    return frame.attrs.get("kind", "") in _CHARTS


def _metrics(rows: list[Row], about: Row, lang: str) -> AnyChart:
    slices = about["question"]["by"]
    starts = sorted({row["period_start"] for row in rows})
    for row in rows:
        row["name"] = " · ".join(row[name] or "–" for name in slices)
    names = list(dict.fromkeys(row["name"] for row in rows))
    if len(starts) == 1:
        slots = tuple(names) if slices else (_period(starts[0], about, lang),)
        plots = tuple(
            _columns_of(definition, [row for row in rows if row["metric"] == name], lang)
            for name, definition in about["definitions"].items()
        )
        return series(plots, slots, about["base_currency"], lang)
    if len(names) > len(COLOURS):
        raise UsageError(
            "More slices than a figure can tell apart",
            found=f"{len(names)}: {', '.join(names[:8])} …",
            expected=f"at most {len(COLOURS)}",
            next_step="keep some with where=, or ask for one period with grain='all'",
        )
    plots = tuple(
        _plot_of(definition, [row for row in rows if row["metric"] == name], names, starts, lang)
        for name, definition in about["definitions"].items()
    )
    is_monthly = about["question"]["grain"] == "month"
    slots = tuple(_period(start, about, lang) for start in starts)
    groups = periods.year_groups(tuple(starts)) if is_monthly else {}
    return series(plots, slots, about["base_currency"], lang, groups)


def _period(start: date, about: Row, lang: str) -> str:
    grain = about["question"]["grain"]
    if grain == "month":
        return periods.month_name(start).of(lang)
    if grain == "all":
        return f"– {about['as_of']}"
    return str(start.year) if grain == "year" else start.isoformat()


def _columns_of(definition: Row, rows: list[Row], lang: str) -> Plot:
    values = tuple(row["value"] for row in rows)
    complete = tuple(row["is_complete"] for row in rows)
    return Plot(
        definition["label"][lang], definition["unit"], (Series("", values, complete),), has_columns=True
    )


def _plot_of(definition: Row, rows: list[Row], names: list[str], starts: list[date], lang: str) -> Plot:
    found = {(row["name"], row["period_start"]): row for row in rows}
    label = definition["label"][lang]
    lines = tuple(
        Series(
            name or label,
            tuple(found[name, start]["value"] if (name, start) in found else None for start in starts),
            tuple(found[name, start]["is_complete"] if (name, start) in found else False for start in starts),
        )
        for name in names
    )
    adds_up = (
        len(lines) == 1 and definition["unit"] in {"money", "count"} and "time" in definition["additive_over"]
    )
    return Plot(label, definition["unit"], lines, has_columns=adds_up)


def _aging(rows: list[Row], about: Row, lang: str) -> AnyChart:
    currencies = {row["currency"] for row in rows}
    column = "amount" if len(currencies) == 1 else "base_amount"
    currency = next(iter(currencies)) if len(currencies) == 1 else about["base_currency"]
    unknown = [row for row in rows if row[column] is None]
    if unknown:
        raise UsageError(
            "Currencies cannot be drawn together without a rate",
            found=", ".join(sorted({row["currency"] for row in unknown})),
            next_step="give an export of exchange rates, or draw one currency",
        )
    labels = buckets.labels(about["bounds"])
    totals = [Decimal(0)] * len(labels)
    for row in rows:
        totals[row["bucket_no"]] += row[column]
    plot = Plot(
        f"{_OPEN.of(lang)} {periods.day(about['as_of']).of(lang)}",
        "money",
        (Series("", tuple(totals), (True,) * len(totals)),),
        has_columns=True,
        colours=tuple(palette.aging(number, len(labels)) for number in range(len(labels))),
    )
    slots = tuple(label.of(lang) for label in labels)
    return series((plot,), slots, currency, lang)


def _cohorts(rows: list[Row], about: Row, lang: str) -> AnyChart:
    """Draw the latest cohorts that have three months or more, or as many as there are, as shares of their size."""
    del about
    least = min(_COHORT_MONTHS, max(row["month_no"] for row in rows))
    long_enough = sorted({row["cohort_month"] for row in rows if row["month_no"] >= least})[-_MOST_COHORTS:]
    months = range(1, max(row["month_no"] for row in rows if row["cohort_month"] in long_enough) + 1)
    shares = {
        (row["cohort_month"], row["month_no"]): Decimal(row["retained_count"]) / row["cohort_size"]
        for row in rows
        if row["cohort_size"]
    }
    lines = tuple(
        Series(periods.month(month).of(lang), tuple(shares.get((month, number)) for number in months))
        for month in long_enough
    )
    return series(
        (Plot(_RETURNED.of(lang), "rate", lines),), tuple(str(number) for number in months), "", lang
    )


def _bridge(rows: list[Row], about: Row, lang: str) -> AnyChart:
    steps = tuple(BridgeStep(row["key"], row["amount"], row["kind"]) for row in rows)
    unit = numbers.table_unit([step.amount for step in steps], about["base_currency"])
    return order_to_cash(steps, unit, lang)


_CHARTS: dict[str, Callable[[list[Row], Row, str], AnyChart]] = {
    "metric": _metrics,
    "aging": _aging,
    "cohorts": _cohorts,
    "bridge": _bridge,
}
