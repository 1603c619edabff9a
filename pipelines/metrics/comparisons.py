"""A period beside the one before, the same one a year ago, and its plan; by rules that compare like with like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pipelines.errors import MetricError
from pipelines.metrics.catalog import find
from pipelines.metrics.definition import GRAIN_WORDS, GRAINS
from pipelines.metrics.plans import Key, planned
from pipelines.metrics.query import Filter, MetricRow, query, settings_of_build

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Calendars made of weeks are a year apart after 52 of them.
_WEEKLY = ("week", "retail_445")


@dataclass(frozen=True)
class Range:
    """Days from `start` to `end`, both included."""

    start: date
    end: date


@dataclass(frozen=True)
class Change:
    """How a figure moved from a base. `difference` is new less old (points for a rate); `growth` is it over the base.

    `reason` says why `growth` is None: no_base, base_not_positive, rate (a rate moves in points), no_value.
    """

    base: Decimal | None
    difference: Decimal | None
    growth: Decimal | None
    reason: str


@dataclass(frozen=True)
class Comparison:
    """One figure of one slice, beside the period before (环比), the year before (同比) and the plan.

    `is_complete` tells whether the period is over; while it is not, it stands beside the same number of
    elapsed days.
    """

    metric: str
    segments: dict[str, str]
    period: Range
    value: Decimal | None
    is_complete: bool
    to_previous: Change
    to_prior_year: Change
    to_plan: Change


def compare(
    connection: DuckDBPyConnection,
    names: str | Sequence[str],
    *,
    at: date | None = None,
    grain: str = "month",
    by: Sequence[str] = (),
    where: Filter | None = None,
) -> list[Comparison]:
    """Compare the period that holds the day `at` (by default the day of the build), per metric and slice.

    A period that is not over is compared with the same elapsed days of the earlier ones; a metric known by
    whole periods alone then has no comparison. January and February are one for the year before, as the
    Spring Festival moves between them: January waits for February. Raises MetricError as `query` does.
    """
    grain = GRAIN_WORDS.get(grain, grain)
    if grain not in GRAINS or grain == "all":
        raise MetricError(
            "Periods are compared by a calendar", found=grain, expected=", ".join(list(GRAINS)[:-1])
        )
    as_of = settings_of_build(connection)["as_of"]
    day = min(at or as_of, as_of)
    whole = period_of(connection, grain, day)
    current = Range(whole.start, min(whole.end, as_of))
    previous = _elapsed(period_of(connection, grain, whole.start - timedelta(days=1)), whole, current)
    year_ago = _elapsed(period_of(connection, grain, _year_before(whole, grain)), whole, current)
    return [
        found
        for name in ([names] if isinstance(names, str) else names)
        for found in _Asked(connection, name, grain, tuple(by), where, whole).compared(
            current, previous, year_ago
        )
    ]


def change(value: Decimal | None, base: Decimal | None, unit: str) -> Change:
    """Return the change from base to value; growth is None, with the reason, where it would mislead."""
    if base is None:
        return Change(None, None, None, "no_base")
    if value is None:
        return Change(base, None, None, "no_value")
    difference = value - base
    if unit == "rate":
        return Change(base, difference, None, "rate")
    if base <= 0:
        return Change(base, difference, None, "base_not_positive")
    return Change(base, difference, (difference / base).quantize(Decimal("0.000001")), "")


@dataclass(frozen=True)
class _Asked:
    """One metric as asked for; `whole` is the calendar's period, of which part may be still to come."""

    connection: DuckDBPyConnection
    name: str
    grain: str
    by: tuple[str, ...]
    where: Filter | None
    whole: Range

    def compared(self, current: Range, previous: Range, year_ago: Range) -> list[Comparison]:
        """Return the comparison of each slice that any of the ranges knows."""
        values, before, last_year = (self.values(span, current) for span in (current, previous, year_ago))
        yearly = _january_february(self, current) if self.grain == "month" else None
        is_complete = current == self.whole
        plans = self.plans() if is_complete else {}
        found = []
        for key in sorted(values.keys() | before.keys() | last_year.keys() | plans.keys()):
            value = values.get(key, self.nothing)
            new, old = (value, last_year.get(key)) if yearly is None else (each.get(key) for each in yearly)
            found.append(
                Comparison(
                    metric=self.name,
                    segments=dict(key),
                    period=current,
                    value=value,
                    is_complete=is_complete,
                    to_previous=change(value, before.get(key), self.unit),
                    to_prior_year=change(new, old, self.unit),
                    to_plan=change(value, plans.get(key), self.unit),
                )
            )
        return found

    def plans(self) -> dict[Key, Decimal]:
        """Return what was planned for each slice of the whole period."""
        filters = {
            name: (value,) if isinstance(value, str) else tuple(value)
            for name, value in (self.where or {}).items()
        }
        return planned(
            self.connection, self.name, self.whole.start, self.whole.end, by=self.by, where=filters
        )

    @property
    def unit(self) -> str:
        return find(self.name).unit

    @property
    def nothing(self) -> Decimal | None:
        """What a slice without rows is worth: nothing, or unknown for a ratio."""
        return None if find(self.name).is_ratio else Decimal(0)

    def values(self, span: Range, current: Range) -> dict[Key, Decimal | None]:
        """Return the value of each slice over the range; a metric by whole periods has none of a part of one."""
        by_day = "all" in find(self.name).grains
        if not by_day and current != self.whole:
            return {}
        rows: list[MetricRow] = query(
            self.connection,
            self.name,
            grain="all" if by_day else self.grain,
            by=self.by,
            start=span.start,
            end=span.end,
            where=self.where,
        )
        return {tuple(row.segments.items()): row.value for row in rows}


def period_of(connection: DuckDBPyConnection, grain: str, day: date) -> Range:
    """Return the calendar's period that holds the day. Raises MetricError for a day outside the calendar."""
    column = GRAINS[GRAIN_WORDS.get(grain, grain)]
    row: Any = connection.execute(
        f"select min(date), max(date) from marts.dim_dates "
        f"where {column} = (select {column} from marts.dim_dates where date = $day)",
        {"day": day},
    ).fetchone()
    if row is None or row[0] is None:
        raise MetricError("The day is outside the calendar of this build", found=str(day))
    return Range(*row)


def _elapsed(earlier: Range, whole: Range, current: Range) -> Range:
    """Cut an earlier period to as many days as the current one has had; whole beside whole."""
    if current == whole:
        return earlier
    return Range(earlier.start, min(earlier.end, earlier.start + (current.end - current.start)))


def _year_before(whole: Range, grain: str) -> date:
    """Return a day of the same period a year before: by the last day, as a closing month may begin on 29 February."""
    if grain in _WEEKLY:
        return whole.start - timedelta(weeks=52)
    if (whole.end.month, whole.end.day) == (2, 29):
        return whole.end.replace(year=whole.end.year - 1, day=28)
    return whole.end.replace(year=whole.end.year - 1)


def _january_february(
    asked: _Asked, current: Range
) -> tuple[dict[Key, Decimal | None], dict[Key, Decimal | None]] | None:
    """Return this and last year's January and February together; nothing in January; None for other months."""
    if current.start.month > 2 or "all" not in find(asked.name).grains:
        return None
    if current.start.month == 1:
        return {}, {}
    now = Range(current.start.replace(month=1), current.end)
    start = now.start.replace(year=now.start.year - 1)
    whole = Range(start, start.replace(month=3) - timedelta(days=1))
    before = _elapsed(whole, Range(now.start, asked.whole.end), now)
    return asked.values(now, current), asked.values(before, current)
