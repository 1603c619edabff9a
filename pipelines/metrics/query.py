"""Ask the published marts for metrics: any together, by any slices they share, at any calendar's grain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.errors import MetricError, did_you_mean
from pipelines.metrics.catalog import catalog, find
from pipelines.metrics.composition import compose
from pipelines.metrics.definition import GRAIN_WORDS, GRAINS, Metric
from pipelines.metrics.question import Question

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_MEASURES = ("numerator", "denominator", "value", "is_complete", "is_small_sample", "reason")
Filter = Mapping[str, str | Iterable[str]]


class MetricRow(NamedTuple):
    """One figure: a metric in a period and slice, its parts, and whether the period is complete.

    Money is in the base currency; a rate is a share (0.25 is 25 %). Where `value` is null `reason` says why:
    `no_denominator` (nothing to divide by), `no_rows` (nothing to take a middle value of), `before_data` (the period
    ends before the first document), `not_known_then` (asked as of another day than the build's, and what the metric
    counts, such as open orders, is told as of that day alone). `is_small_sample`: fewer than 30 things stand behind a
    rate or a mean. A tuple, as a frozen dataclass takes eight times as long to make and there may be 100,000.
    """

    metric: str
    grain: str
    period_start: date
    segments: dict[str, str]
    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    is_complete: bool
    is_small_sample: bool = False
    reason: str = ""


def query(
    connection: DuckDBPyConnection,
    names: str | Sequence[str],
    *,
    grain: str = "month",
    by: Sequence[str] = (),
    start: date | None = None,
    end: date | None = None,
    where: Filter | None = None,
    as_of: date | None = None,
) -> list[MetricRow]:
    """Return the metrics' figures, ordered as asked, by period and slice.

    `by` names slices; `where` keeps rows whose slice has one of the values; `start` and `end` are days, both
    included (by default from the first document of the build up to `as_of`); `as_of` is by default the one
    of the build. A period without facts is there, with zeros; a ratio is null.

    Raises MetricError for an unknown metric, grain or slice, with the nearest names, and for a slice that a
    metric cannot be seen by, with the reason.
    """
    question = ask(connection, names, grain=grain, by=by, start=start, end=end, where=where, as_of=as_of)
    return [] if question is None else _rows(connection, question)


def largest(
    connection: DuckDBPyConnection,
    names: str | Sequence[str],
    count: int,
    *,
    by: str,
    grain: str = "all",
    start: date | None = None,
    end: date | None = None,
    where: Filter | None = None,
) -> list[MetricRow]:
    """Return the figures of the largest `count` slices of the first metric over the range, and of 'others'.

    Others are computed from their rows, not by adding up, so that ratios and distinct counts are right too.
    Raises MetricError as `query` does.
    """
    question = ask(connection, names, grain=grain, by=(by,), start=start, end=end, where=where, as_of=None)
    return [] if question is None else _rows(connection, _keep_largest(connection, question, count))


def ask(
    connection: DuckDBPyConnection,
    names: str | Sequence[str],
    *,
    grain: str,
    by: Sequence[str],
    start: date | None,
    end: date | None,
    where: Filter | None,
    as_of: date | None,
) -> Question | None:
    """Check what is asked and complete it from the build's own settings; None when there is no data."""
    grain = GRAIN_WORDS.get(grain, grain)
    metrics = tuple(find(name) for name in ([names] if isinstance(names, str) else names))
    filters = _filters(where)
    _require_sense(metrics, grain, [*by, *filters])
    context = settings_of_build(connection)
    known_as_of = as_of or context["as_of"]
    first = start or context["first_date"]
    if first is None:
        return None
    last = end or known_as_of
    if start is not None and last < start:
        raise MetricError(
            "The range ends before it starts", found=f"{start} to {last}", next_step="swap the two dates"
        )
    return Question(
        metrics=metrics,
        grain=grain,
        slices=(tuple(by),),
        start=first,
        end=last,
        as_of=known_as_of,
        maturity_days={"conversion_window": context["conversion_window_days"]},
        first_date=context["first_date"],
        has_start=start is not None,
        where=filters,
        is_of_another_day=known_as_of != context["as_of"],
        ends_between_balances=_ends_between_balances(connection, metrics, min(last, known_as_of), context),
    )


def _filters(where: Filter | None) -> dict[str, tuple[str, ...]]:
    return {
        name: (value,) if isinstance(value, str) else tuple(value) for name, value in (where or {}).items()
    }


def _ends_between_balances(
    connection: DuckDBPyConnection, metrics: Sequence[Metric], last: date, context: Mapping[str, Any]
) -> bool:
    """Tell whether a metric is a balance that is not published on the last day; on the build's own all are."""
    if last == context["as_of"]:
        return False
    published = {(term.base, term.date) for metric in metrics for term in metric.terms if term.is_snapshot}
    return any(
        not _answer(connection, f"select 1 from {base} where {day} = $last limit 1", {"last": last})
        for base, day in published
    )


def _require_sense(metrics: Sequence[Metric], grain: str, slices: Sequence[str]) -> None:
    if not metrics:
        raise MetricError("No metric was asked for", next_step="name one, such as revenue")
    if grain not in GRAINS:
        raise MetricError("Unknown grain", found=grain, hint=did_you_mean(grain, GRAINS))
    for metric in metrics:
        if grain not in metric.grains:
            raise MetricError(
                f"{metric.name} makes no sense by {grain}",
                found=grain,
                expected=" or ".join(metric.grains),
                hint=f"it is {metric.words['en']}",
            )
        for name in slices:
            _require_slice(metric, name)


def _require_slice(metric: Metric, name: str) -> None:
    if name in metric.dimensions:
        return
    if name not in _all_dimensions():
        raise MetricError("Unknown slice", found=name, hint=did_you_mean(name, metric.dimensions))
    holders = sorted({term.base for term in metric.terms if name not in term.dimensions})
    raise MetricError(
        f"{metric.name} cannot be seen by {name}",
        found=name,
        expected=", ".join(metric.dimensions),
        hint=f"one row of {' and of '.join(holders)} has no one {name}",
    )


def _all_dimensions() -> set[str]:
    return {name for metric in catalog().values() for term in metric.terms for name in term.dimensions}


def settings_of_build(connection: DuckDBPyConnection) -> dict[str, Any]:
    """Return the settings the published figures were built with: as_of, first_date, base_currency and so on.

    Raises MetricError when the database holds no built metrics.
    """
    import duckdb

    try:
        found = connection.execute("select * from metrics.build_settings")
    except duckdb.CatalogException as error:
        raise MetricError(
            "This database holds no metrics",
            expected="a warehouse published by a run",
            next_step="run: salesdesk run EXPORTS, or: salesdesk demo",
        ) from error
    names = [column[0] for column in found.description or ()]
    row = found.fetchone()
    return dict(zip(names, row or (), strict=True))


def _rows(connection: DuckDBPyConnection, question: Question) -> list[MetricRow]:
    """Return the figures, metrics in the order asked for, by period and slice."""
    composed = compose(question)
    slices = question.dimensions
    names = [f"s_{name}" for name in slices]
    places = {metric.name: number for number, metric in enumerate(question.metrics)}
    # A value that is the numerator itself need not be read twice.
    ratios = {metric.name for metric in question.metrics if metric.is_ratio}
    listed = ", ".join(f"'{name}'" for name in sorted(ratios)) or "null"
    shown = {"value": f"case when metric in ({listed}) then value end"}
    columns = ["metric", "period_start", *names, *(shown.get(name, name) for name in _MEASURES)]
    order = ", ".join(["period_start", *names])
    found = _answer(
        connection,
        f"select {', '.join(columns)} from ({composed.whole()}) order by {order}",
        composed.parameters,
    )
    width = 2 + len(names)
    rows = []
    for row in found:
        value = row[width + 2] if row[0] in ratios else row[width]
        segments = dict(zip(slices, row[2:width], strict=True))
        told = (*row[width : width + 2], value, *row[width + 3 :])
        rows.append(MetricRow(row[0], question.grain, row[1], segments, *told))
    return sorted(rows, key=lambda row: places[row.metric])


def _answer(connection: DuckDBPyConnection, sql: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    import duckdb

    try:
        return connection.execute(sql, parameters).fetchall()
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        raise MetricError(
            "The publication does not hold what this metric is made from",
            found=str(error).splitlines()[0],
            expected="a publication of this version of salesdesk",
            next_step="salesdesk build makes it anew from the landing",
        ) from error


def _keep_largest(connection: DuckDBPyConnection, question: Question, count: int) -> Question:
    whole = replace(question, metrics=question.metrics[:1], grain="all")
    ranked = sorted(
        (row for row in _rows(connection, whole) if row.value is not None),
        key=lambda row: (-(row.value or 0), *row.segments.values()),
    )
    (name,) = question.dimensions
    return replace(question, keep={name: tuple(row.segments[name] for row in ranked[:count])})
