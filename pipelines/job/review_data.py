"""What the pages show, put together from the published file: figures through the metrics, rows through queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines import metrics
from pipelines.job import collection_speed, data_badge, sales_figures, year_on_year
from pipelines.job.open_items import month_end, month_under_review, months_back, open_on
from pipelines.metrics import aging
from pipelines.reporting import ReviewData, RunFacts
from pipelines.reporting.reading import quality, receivables, sales
from pipelines.reporting.reading import statements as statement_rows
from pipelines.reporting.reading.queries import Period
from pipelines.reporting.review import (
    Definition,
    MetricLine,
    MetricTableRow,
    OrderValuePoint,
    SegmentRow,
    SourceRow,
)
from pipelines.reporting.ties import tie_outs
from pipelines.reporting.words import Text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.reporting.statements import Statement
    from pipelines.settings import Settings

_SHOWN = (
    "revenue collected customer_spend order_value conversion retention overdue_share overdue receivables invoiced "
    "orders buying_customers returned_amount cancelled_amount repeat_rate completion_rate on_time_rate "
    "delivery_days_median delivery_days_p90 otif_rate exception_rate csat amendment_rate"
).split()
_NOT_DEFINED = {"cancelled_amount", "repeat_rate", "amendment_rate"}  # no card shows them
_MONTHS = 13
_SOURCES = {
    "conversion": ("leads",),
    "collected": ("payments",),
    "overdue_share": ("invoices", "payments"),
    "overdue": ("invoices", "payments"),
    "receivables": ("invoices", "payments"),
    "invoiced": ("invoices",),
}


def read(connection: DuckDBPyConnection, run: RunFacts, settings: Settings) -> tuple[ReviewData, RunFacts]:
    """Return all rows behind the pages of a run, and the run's facts with the month under review and the badge."""
    period = month_under_review(connection, run, settings)
    aging.keep(connection, (period.end, period.as_of))
    known = replace(run, period_start=period.start, period_end=period.end, aging_basis=settings.aging_basis)
    sources = quality.sources(connection, period)
    badge, doubtful = data_badge.read(connection, run)
    lines = _lines(connection, period, sources, doubtful)
    closing = open_on(connection, period, period.end)
    data = ReviewData(
        metrics=lines,
        labels=_labels(),
        definitions=_definitions(lines),
        segments=_segments(connection, period, lines.get("revenue")),
        bridge=sales.bridge(connection, period),
        due_windows=receivables.due_windows(connection, period, "due_windows"),
        uninvoiced=receivables.due_windows(connection, period, "uninvoiced"),
        cohorts=sales.cohorts(connection, period),
        order_values=_order_values(connection, lines.get("order_value"), period),
        quiet_customers=sales.quiet_customers(connection, period),
        bounds=period.aging_bounds,
        aging_months=receivables.aging_months(connection, period),
        closing=closing,
        current=closing if period.as_of == period.end else open_on(connection, period, period.as_of),
        roll_forward=receivables.roll_forward(connection, period),
        sources=sources,
        quarantine=quality.quarantine(connection, period),
        quarantine_rows=quality.quarantine_rows(connection, period),
        checks=quality.checks(connection, run.run_id),
        check_runs=quality.check_runs(connection),
        restatements=quality.restatements(connection, run.run_id),
        desk=receivables.desk(connection, period),
        issues=receivables.issues(connection, period),
        metric_rows=_metric_rows(connection, period),
        missing_kinds=quality.missing_kinds(sources),
        runs=quality.runs(connection),
    )
    tied = replace(data, tie_outs=tie_outs(data))
    data = collection_speed.added(connection, tied, period, settings.loss_rates)
    data = _with_insights(connection, _with_funnel(connection, data), period)
    return data, replace(known, badge=badge)


def statements(
    connection: DuckDBPyConnection, run: RunFacts, settings: Settings, most: int = 50
) -> tuple[Statement, ...]:
    """Return the statements of the `most` customers who owe most, over the three months up to the as-of date."""
    start = months_back(run.as_of.replace(day=1), 2)
    return statement_rows.largest(
        connection, month_under_review(connection, run, settings), start, run.as_of, most
    )


def _lines(
    connection: DuckDBPyConnection, period: Period, sources: tuple[SourceRow, ...], doubtful: tuple[str, ...]
) -> Mapping[str, MetricLine]:
    """Return the metrics month by month, with the same months a year earlier, from the first month with data on."""
    known = metrics.catalog()
    names = [name for name in _SHOWN if name in known]
    begin = months_back(period.start, _MONTHS - 1 + 12)
    rows = metrics.query(connection, names, grain="month", start=begin, end=period.end)
    plan = _plan(connection, [months_back(period.start, back) for back in range(_MONTHS)])
    first = _first_months(connection)
    late = {row.kind for row in sources if row.is_late}
    lines, known_points = {}, {}
    for name in names:
        points = known_points[name] = {
            row.period_start: year_on_year.point(row)
            for row in rows
            if row.metric == name and name in first and row.period_start >= first[name]
        }
        last = (
            period.start
            if name != "conversion"
            else max((start for start, point in points.items() if point.is_complete), default=period.start)
        )
        months = [months_back(last, back) for back in range(_MONTHS - 1, -1, -1)]
        history = tuple(points[month] for month in months if month in points)
        if not history:
            continue
        lines[name] = MetricLine(
            name=name,
            unit=known[name].unit,
            better=known[name].better,
            history=history,
            prior=tuple(points.get(months_back(point.period_start, 12)) for point in history),
            plan=tuple(plan.get(point.period_start) for point in history)
            if name == "revenue" and plan
            else (),
            state=_state(name, late, doubtful),
        )
    return year_on_year.added(connection, lines, known_points, first)


def _state(name: str, late: set[str], doubtful: tuple[str, ...]) -> str:
    if late & set(_SOURCES.get(name, ("orders",))):
        return "preliminary"
    return "noted" if name in doubtful else "ok"


def _first_months(connection: DuckDBPyConnection) -> dict[str, date]:
    """Return each metric's first month with anything in it; months before it are not zero, they are unknown."""
    rows = connection.execute(
        "select metric, min(period_start) from metrics.metric_values "
        "where numerator <> 0 or denominator <> 0 group by metric"
    ).fetchall()
    return dict(rows)


def _plan(connection: DuckDBPyConnection, months: Sequence[date]) -> dict[date, Decimal]:
    """Return the company's revenue plan by month; months without one are left out."""
    found = {month: metrics.planned(connection, "revenue", month, month_end(month)) for month in months}
    return {month: plans[()] for month, plans in found.items() if plans}


def _labels() -> dict[str, Text]:
    """Return every declared metric's name: restatements may concern one that no card shows."""
    return {name: Text(metric.label["zh"], metric.label["en"]) for name, metric in metrics.catalog().items()}


def _definitions(lines: Mapping[str, MetricLine]) -> tuple[Definition, ...]:
    known = metrics.catalog()
    return tuple(
        Definition(
            name,
            Text(known[name].label["zh"], known[name].label["en"]),
            Text(known[name].words["zh"], known[name].words["en"]),
            Text(known[name].leaves_out["zh"], known[name].leaves_out["en"]),
            known[name].owner,
            str(known[name].version),
        )
        for name in _SHOWN
        if name not in _NOT_DEFINED and name in known and name in lines
    )


def _segments(
    connection: DuckDBPyConnection, period: Period, revenue: MetricLine | None
) -> tuple[SegmentRow, ...]:
    """Return net revenue by region, or by the first other slice that has more than one value, as 同比 compares it."""
    spans = metrics.year_spans(connection, ["revenue"], "month", period.start, period.end)["revenue"]
    now = spans.now or metrics.Range(period.start, period.end)
    has_prior = revenue is not None and revenue.years[-1].before is not None
    zero = Decimal(0)
    for dimension in ("region", "channel", "sales_rep", "product_category"):
        current = _revenue_by(connection, dimension, now)
        before = _revenue_by(connection, dimension, spans.before) if has_prior and spans.before else {}
        names = [name for name in sorted({*current, *before}) if current.get(name) or before.get(name)]
        if len(names) > 1:
            return tuple(
                SegmentRow(
                    dimension, name, current.get(name, zero), before.get(name, zero) if has_prior else None
                )
                for name in names
            )
    return ()


def _revenue_by(connection: DuckDBPyConnection, dimension: str, span: metrics.Range) -> dict[str, Decimal]:
    rows = metrics.query(connection, "revenue", grain="all", by=(dimension,), start=span.start, end=span.end)
    return {row.segments[dimension]: row.value for row in rows if row.value is not None}


def _order_values(
    connection: DuckDBPyConnection, line: MetricLine | None, period: Period
) -> tuple[OrderValuePoint, ...]:
    if line is None:
        return ()
    medians = sales_figures.order_medians(connection, line.history[0].period_start, period.end)
    result = []
    for index, point in enumerate(line.history):
        median, orders = medians.get(point.period_start, (None, 0))
        before = line.prior[index] if line.prior else None
        result.append(
            OrderValuePoint(point.period_start, point.value, median, orders, before.value if before else None)
        )
    return tuple(result)


def _metric_rows(connection: DuckDBPyConnection, period: Period) -> tuple[MetricTableRow, ...]:
    """Return the published monthly totals of three years, as the metric workbook lists them."""
    rows = connection.execute(
        "select metric, grain, period_start, numerator, denominator, value, is_complete from metrics.metric_values "
        "where segment_count = 0 and period_start >= $start order by metric, period_start",
        {"start": months_back(period.start, 35)},
    ).fetchall()
    return tuple(MetricTableRow(row[0], row[1], row[2], "", *row[3:]) for row in rows)


def _with_funnel(connection: DuckDBPyConnection, data: ReviewData) -> ReviewData:
    """Add the funnel of the month that the conversion shown is of: the last one whose leads had their time."""
    line = data.metrics.get("conversion")
    if line is None:
        return data
    month = line.history[-1].period_start
    return replace(data, funnel=sales_figures.funnel(connection, month), funnel_month=month)


def _with_insights(connection: DuckDBPyConnection, data: ReviewData, period: Period) -> ReviewData:
    """Add what stands out, who brings the revenue and prefers what, cohorts by quarter, and amendments."""
    return replace(
        data,
        quarter_cohorts=sales.cohorts(connection, period, "quarter_cohorts"),
        customer_groups=sales.customer_groups(connection),
        standing_out=sales_figures.standing_out(connection, period.start),
        amendments=sales_figures.amendments(connection, period.start),
    )
