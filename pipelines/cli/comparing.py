"""A metric's periods beside the ones before, a year ago, or planned."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pipelines.cli import published, words
from pipelines.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.metrics import MetricRow, Range
    from pipelines.metrics.comparisons import Change

COLUMNS = ["beside", "value", "is_complete", "base", "difference", "growth", "reason"]

_SPRING_FESTIVAL = (
    "in February's row, January and February stand beside last year's: the Spring Festival moves"
)


class Beside(StrEnum):
    """What a period stands beside."""

    prior = "prior"
    year = "year"
    elapsed = "elapsed"
    plan = "plan"


@dataclass(frozen=True)
class Asked:
    """What is compared; `start` None means the last period alone."""

    names: Sequence[str]
    grain: str
    by: Sequence[str]
    where: dict[str, list[str]]
    start: date | None
    end: date | None


def rows(connection: DuckDBPyConnection, asked: Asked, besides: Sequence[Beside]) -> list[dict[str, Any]]:
    """Return a row for each metric, period, slice and what it stands beside.

    A row holds value, base, difference, growth, and why there is none.
    """
    require_calendar(asked.grain)
    order = {beside: number for number, beside in enumerate(dict.fromkeys(besides))}
    as_of = published.as_of(connection)
    last = min(asked.end or as_of, as_of)
    if asked.start is not None and asked.start > last:
        raise UsageError(
            "The range starts after what is published", found=str(asked.start), expected=f"a day up to {last}"
        )
    if Beside.year in order and asked.grain == "month":
        print(_SPRING_FESTIVAL, file=sys.stderr)
    found: list[dict[str, Any]] = []
    for span in _periods(connection, asked, last):
        found += _compared(connection, asked, span, list(order))
        if Beside.elapsed in order:
            found += _elapsed(connection, asked, span, last)
    places = {name: number for number, name in enumerate(asked.names)}
    found.sort(key=lambda row: (places[row["metric"]], row["period_start"], order[row["beside"]]))
    return [words.counted(row) for row in found]


def require_calendar(grain: str) -> None:
    """Raise UsageError for a grain that has no periods to tell apart."""
    from pipelines.metrics.definition import GRAINS

    calendars = [name for name in GRAINS if name != "all"]
    if grain not in calendars:
        raise UsageError(
            "This needs a calendar's periods",
            found=grain,
            expected=", ".join(calendars),
            hint=did_you_mean(grain, calendars),
        )


def ranges(
    connection: DuckDBPyConnection, grain: str, day: date, last: date, *, is_year_ago: bool
) -> tuple[Range, Range]:
    """Return the earlier range and the one that holds the day; a period cut at `last` stands beside as many days.

    A year ago is asked of revenue by month alone: January and February are one. Raises UsageError in January.
    """
    from pipelines.metrics.comparisons import Range, period_of, year_spans

    if is_year_ago:
        spans = year_spans(connection, ["revenue"], grain, day, last)["revenue"]
        if spans.now is None or spans.before is None:
            raise UsageError(
                "January waits for February beside last year, as the Spring Festival moves between them",
                found=f"{day:%Y-%m}",
                expected="another month; --at February takes both together",
            )
        return spans.before, spans.now
    whole = period_of(connection, grain, day)
    earlier = period_of(connection, grain, whole.start - timedelta(days=1))
    if whole.end <= last:
        return earlier, whole
    cut = Range(whole.start, last)
    return Range(earlier.start, min(earlier.end, earlier.start + (last - whole.start))), cut


def _periods(connection: DuckDBPyConnection, asked: Asked, last: date) -> Iterator[Range]:
    from pipelines.metrics.comparisons import period_of

    day = asked.start or last
    while day <= last:
        span = period_of(connection, asked.grain, day)
        yield span
        day = span.end + timedelta(days=1)


def _compared(
    connection: DuckDBPyConnection, asked: Asked, span: Range, besides: Sequence[Beside]
) -> list[dict[str, Any]]:
    """Compare a period with whole ones and with its plan."""
    from pipelines import metrics

    wanted = [beside for beside in besides if beside is not Beside.elapsed]
    if not wanted:
        return []
    found = []
    for one in metrics.compare(
        connection, asked.names, at=span.start, grain=asked.grain, by=asked.by, where=asked.where
    ):
        changes = {
            Beside.prior: one.to_previous,
            Beside.year: one.to_prior_year,
            Beside.plan: one.to_plan,
        }
        told = {"metric": one.metric, "value": one.value, "is_complete": one.is_complete, **one.segments}
        told |= _place(asked.grain, one.period.start)
        found += [told | {"beside": beside} | words.fields(changes[beside]) for beside in wanted]
    return found


def _elapsed(connection: DuckDBPyConnection, asked: Asked, span: Range, last: date) -> list[dict[str, Any]]:
    """Compare the days of a period up to the last one asked for with as many of the period before."""
    from pipelines import metrics
    from pipelines.metrics.comparisons import change

    earlier, current = ranges(connection, asked.grain, span.start, last, is_year_ago=False)
    found = []
    for name in asked.names:
        metric = metrics.find(name)
        values, bases = (_values(connection, asked, name, each) for each in (current, earlier))
        nothing = None if metric.is_ratio else Decimal(0)
        for key in sorted(values.keys() | bases.keys()):
            value = values.get(key, nothing)
            told: Change = change(value, bases.get(key), metric.unit)
            row = {"metric": name, "value": value, "is_complete": current == span, **dict(key)}
            row |= _place(asked.grain, span.start) | {"beside": Beside.elapsed}
            found.append(row | words.fields(told))
    return found


def _values(
    connection: DuckDBPyConnection, asked: Asked, name: str, span: Range
) -> dict[tuple[tuple[str, str], ...], Decimal | None]:
    from pipelines import metrics

    answer: list[MetricRow] = metrics.query(
        connection, name, grain="all", by=asked.by, start=span.start, end=span.end, where=asked.where
    )
    return {tuple(row.segments.items()): row.value for row in answer}


def _place(grain: str, start: date) -> dict[str, Any]:
    return {"grain": grain, "period_start": start}
