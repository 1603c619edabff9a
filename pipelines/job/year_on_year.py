"""What 同比 compares in the months on the pages: by the rule that `salesdesk metric --compare year` keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from pipelines import metrics
from pipelines.job.open_items import month_end
from pipelines.reporting.review import MetricLine, Point, YearOnYear

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.metrics import MetricRow, Range, YearSpans

_WHOLE_LINE = ("revenue",)  # drawn with each month's 同比; of the others the last month alone is told


def added(
    connection: DuckDBPyConnection,
    lines: Mapping[str, MetricLine],
    points: Mapping[str, Mapping[date, Point]],
    first: Mapping[str, date],
) -> dict[str, MetricLine]:
    """Add what 同比 compares to the metrics; `first` is each one's first month with anything in it."""
    asked: dict[date, list[str]] = {}
    for name, line in lines.items():
        for point in line.history if name in _WHOLE_LINE else line.history[-1:]:
            asked.setdefault(point.period_start, []).append(name)
    found = {month: _of_month(connection, month, names, points, first) for month, names in asked.items()}
    return {
        name: replace(
            line,
            years=tuple(
                found[point.period_start][name]
                for point in line.history
                if name in found.get(point.period_start, {})
            ),
        )
        for name, line in lines.items()
    }


def _of_month(
    connection: DuckDBPyConnection,
    month: date,
    names: Sequence[str],
    points: Mapping[str, Mapping[date, Point]],
    first: Mapping[str, date],
) -> dict[str, YearOnYear]:
    spans = metrics.year_spans(connection, names, "month", month, month_end(month))
    together = [name for name in names if spans[name].is_combined]
    now, before = ({}, {}) if not together else _combined(connection, together, spans[together[0]])
    years = {}
    for name in names:
        span, point = spans[name], points[name][month]
        if span.before is None:
            years[name] = YearOnYear(point, reason=span.reason)
        elif not span.is_combined:
            years[name] = YearOnYear(point, points[name].get(span.before.start))
        else:
            is_known = first[name] <= span.before.start
            years[name] = YearOnYear(now[name], before[name] if is_known else None, is_combined=True)
    return years


def _combined(
    connection: DuckDBPyConnection, names: Sequence[str], spans: YearSpans
) -> tuple[dict[str, Point], dict[str, Point]]:
    """Return the figures of January and February together, of this year and the last, from their rows."""
    this_year, last_year = (
        {} if span is None else {row.metric: point(row) for row in _rows(connection, names, span)}
        for span in (spans.now, spans.before)
    )
    return this_year, last_year


def _rows(connection: DuckDBPyConnection, names: Sequence[str], span: Range) -> list[MetricRow]:
    return metrics.query(connection, list(names), grain="all", start=span.start, end=span.end)


def point(row: MetricRow) -> Point:
    """Return a metric's row as a page's point."""
    return Point(row.period_start, row.value, row.numerator, row.denominator, row.is_complete)
