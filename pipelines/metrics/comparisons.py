"""A period beside the one before, the same one a year ago, and its plan; by rules that compare like with like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pipelines.errors import MetricError
from pipelines.metrics.catalog import find
from pipelines.metrics.definition import GRAIN_WORDS, GRAINS, Metric
from pipelines.metrics.plans import Key, planned
from pipelines.metrics.query import Filter, MetricRow, query, settings_of_build

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Calendars made of weeks are a year apart after 52 of them.
_WEEKLY = ("week", "retail_445")
# A base of which so much lies before the first document is not known: what is there is not all there was.
_UNKNOWN_DAYS = 31
_FEBRUARY = 2


@dataclass(frozen=True)
class Range:
    """Days from `start` to `end`, both included."""

    start: date
    end: date


@dataclass(frozen=True)
class Change:
    """How a figure moved from a base. `difference` is new less old (points for a rate); `growth` is it over the base.

    `reason` says why `growth` is None: no_base, base_not_positive, rate (a rate moves in points), no_value,
    before_data (a month or more of the base lies before the first document), waits_for_february and not_combined
    (see `year_spans`).
    """

    base: Decimal | None
    difference: Decimal | None
    growth: Decimal | None
    reason: str


@dataclass(frozen=True)
class YearSpans:
    """The days of a metric's 同比: `now` beside `before`; or why there is none.

    `is_combined`: they are January and February together.
    """

    now: Range | None = None
    before: Range | None = None
    is_combined: bool = False
    reason: str = ""


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
    whole periods alone then has no comparison. The year before is compared as `year_spans` says. Raises
    MetricError as `query` does.
    """
    grain = GRAIN_WORDS.get(grain, grain)
    if grain not in GRAINS or grain == "all":
        raise MetricError(
            "Periods are compared by a calendar", found=grain, expected=", ".join(list(GRAINS)[:-1])
        )
    built = settings_of_build(connection)
    as_of = built["as_of"]
    day = min(at or as_of, as_of)
    whole = period_of(connection, grain, day)
    current = Range(whole.start, min(whole.end, as_of))
    previous = _elapsed(period_of(connection, grain, whole.start - timedelta(days=1)), whole, current)
    asked = [names] if isinstance(names, str) else names
    years = year_spans(connection, asked, grain, day, as_of)
    return [
        found
        for name in asked
        for found in _Asked(connection, name, grain, tuple(by), where, whole, built["first_date"]).compared(
            current, previous, years[name]
        )
    ]


def year_spans(
    connection: DuckDBPyConnection, names: Sequence[str], grain: str, day: date, last: date
) -> dict[str, YearSpans]:
    """Return what of each metric stands beside what for 同比 of the period that holds `day`, as far as `last`.

    A period stands beside the same one a year before; one cut at `last`, beside as many of its days. As the
    Spring Festival moves between January and February, by month these two are one: January waits for February,
    and February's comparison is of both together, added up anew from their rows. A balance has nothing to
    add up and stands beside last February's end. A metric that is known of single months alone cannot be
    combined, and has no comparison in either month.
    """
    whole = period_of(connection, grain, day)
    now = Range(whole.start, min(whole.end, last))
    year_ago = _elapsed(period_of(connection, grain, _year_before(whole, grain)), whole, now)
    plain = YearSpans(now, year_ago)
    if GRAIN_WORDS.get(grain, grain) != "month" or whole.start.month > _FEBRUARY:
        return dict.fromkeys(names, plain)
    return {name: _spring_spans(find(name), whole, plain, now) for name in names}


def _spring_spans(metric: Metric, whole: Range, plain: YearSpans, now: Range) -> YearSpans:
    if "all" not in metric.grains:
        return YearSpans(reason="not_combined")
    if whole.start.month < _FEBRUARY:
        return YearSpans(reason="waits_for_february")
    if all(term.is_snapshot for term in metric.terms):
        return plain
    both = Range(now.start.replace(month=1), now.end)
    start = both.start.replace(year=both.start.year - 1)
    before = Range(start, start.replace(month=3) - timedelta(days=1))
    return YearSpans(both, _elapsed(before, Range(both.start, whole.end), both), is_combined=True)


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
    """One metric as asked for; `whole` is the calendar's period, of which part may be still to come.

    `first_date` is the day of the first document, None where there is none.
    """

    connection: DuckDBPyConnection
    name: str
    grain: str
    by: tuple[str, ...]
    where: Filter | None
    whole: Range
    first_date: date | None

    def compared(self, current: Range, previous: Range, yearly: YearSpans) -> list[Comparison]:
        """Return the comparison of each slice that any of the ranges knows."""
        values, before, new, old = (
            self.values(span, current) for span in (current, previous, yearly.now, yearly.before)
        )
        is_complete = current == self.whole
        plans = self.plans() if is_complete else {}
        found = []
        for key in sorted(values.keys() | before.keys() | new.keys() | old.keys() | plans.keys()):
            value = values.get(key, self.nothing)
            found.append(
                Comparison(
                    metric=self.name,
                    segments=dict(key),
                    period=current,
                    value=value,
                    is_complete=is_complete,
                    to_previous=self.change(value, before.get(key), previous),
                    to_prior_year=Change(None, None, None, yearly.reason)
                    if yearly.reason
                    else self.change(new.get(key, self.nothing), old.get(key), yearly.before),
                    to_plan=change(value, plans.get(key), self.unit),
                )
            )
        return found

    def change(self, value: Decimal | None, base: Decimal | None, span: Range | None) -> Change:
        """Return the change from a base, none where too much of its span lies before the first document."""
        is_known = (
            span is None or self.first_date is None or (self.first_date - span.start).days < _UNKNOWN_DAYS
        )
        if base is not None and not is_known:
            return Change(None, None, None, "before_data")
        return change(value, base, self.unit)

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

    def values(self, span: Range | None, current: Range) -> dict[Key, Decimal | None]:
        """Return the value of each slice over the range; a metric by whole periods has none of a part of one."""
        by_day = "all" in find(self.name).grains
        if span is None or (not by_day and current != self.whole):
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
