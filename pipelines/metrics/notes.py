"""What stands out in a metric's months by stated rules: its trend, its season, single months far from both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations
from statistics import median
from typing import TYPE_CHECKING

from pipelines.errors import MetricError
from pipelines.metrics.catalog import find
from pipelines.metrics.query import Filter, MetricRow, query

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Mann-Kendall needs eight values for its normal approximation; two full years make a season, three a steady one.
_TREND_MONTHS = 8
_SEASON_MONTHS = 24
_OUTLIER_MONTHS = 8
_YEAR = 12
# 1.96 standard deviations: one series in twenty without a trend is called one.
_TREND_Z = Decimal("1.96")
# A calendar month is a season when it lies a fifth from a usual one, to the same side, in every year.
_SEASON_SHARE = Decimal("0.2")
# Iglewicz and Hoaglin: beyond 3.5 robust deviations a value is an outlier; 0.6745 makes them those of a normal curve.
_OUTLIER_SCORE = Decimal("3.5")
_NORMAL = Decimal("0.6745")
_PLACES = Decimal("0.0001")


@dataclass(frozen=True)
class Note:
    """One thing that stands out.

    `kind`: rising, falling (`size` is the usual step a month, in the metric's unit), season_high, season_low (`size`
    is the month of the year's usual distance from the months around it, as a share), outlier_high, outlier_low
    (`size` is how far the month lies from what trend and season expect, in the metric's unit), or too_few_months
    (`size` counts them). `period_start` is the month it is about, the last one for a trend.
    """

    metric: str
    kind: str
    period_start: date
    size: Decimal | None
    words: Mapping[str, str]


def notes(connection: DuckDBPyConnection, name: str, *, where: Filter | None = None) -> list[Note]:
    """Return what stands out in the complete months of a metric, trend first, then seasons, then outliers by month.

    Rules: a trend over the last 24 months is Mann-Kendall's at 5 % with Sen's median slope, from eight months on; a
    season is a calendar month that lies more than a fifth above or below the median of the months around it in every
    one of two or more years; an outlier lies more than 3.5 robust deviations (0.6745 x distance / median distance)
    from the median once trend and seasons are taken out. Raises MetricError as `query` does, and for a metric
    without months.
    """
    if "month" not in find(name).grains:
        raise MetricError("This metric has no months", found=name)
    return notes_of(name, query(connection, name, where=where))


def notes_of(name: str, rows: Sequence[MetricRow]) -> list[Note]:
    """Return what stands out in months of a metric that are at hand, oldest first; by the rules of `notes`."""
    months = [(row.period_start, row.value) for row in rows if row.is_complete and row.value is not None]
    if not months:
        return []
    if len(months) < _TREND_MONTHS:
        last = months[-1][0]
        return [Note(name, "too_few_months", last, Decimal(len(months)), _too_few(len(months)))]
    starts, values = [start for start, _ in months], [value for _, value in months]
    seasons = _seasons(starts, values)
    flat = _without(starts, values, seasons)
    slope, is_trend = _trend([point for point in flat if point[0] >= len(values) - _SEASON_MONTHS])
    found = [_trend_note(name, starts[-1], slope)] if is_trend else []
    found += [_season_note(name, starts, month, share) for month, share in sorted(seasons.items())]
    level = {place: value - (slope * place if is_trend else 0) for place, value in flat}
    return found + _outliers(name, starts, values, seasons, level)


def _too_few(count: int) -> dict[str, str]:
    return {
        "zh": f"只有 {count} 个完整月份，少于 {_TREND_MONTHS} 个，不判断趋势",
        "en": f"only {count} complete months, fewer than {_TREND_MONTHS}: no trend is told",
    }


def _trend(points: Sequence[tuple[int, Decimal]]) -> tuple[Decimal, bool]:
    """Return Sen's slope and whether Mann-Kendall calls it a trend; ties lessen the variance."""
    count = len(points)
    if count < _TREND_MONTHS:
        return Decimal(0), False
    pairs = list(combinations(points, 2))
    score = sum((later > earlier) - (later < earlier) for (_, earlier), (_, later) in pairs)
    slope = median((later - earlier) / (j - i) for (i, earlier), (j, later) in pairs)
    values = [value for _, value in points]
    ties = [values.count(value) for value in set(values)]
    variance = Decimal(
        count * (count - 1) * (2 * count + 5) - sum(tie * (tie - 1) * (2 * tie + 5) for tie in ties)
    ) / Decimal(18)
    if variance <= 0 or score == 0:
        return slope, False
    return slope, (abs(score) - 1) / variance.sqrt() > _TREND_Z


def _seasons(starts: Sequence[date], values: Sequence[Decimal]) -> dict[int, Decimal]:
    """Return the calendar months that lie apart in every year, with their usual share above or below."""
    if len(values) < _SEASON_MONTHS:
        return {}
    apart: dict[int, list[Decimal]] = {}
    for index, start in enumerate(starts):
        first = min(max(0, index - _YEAR // 2), len(values) - _YEAR - 1)
        usual = median(values[max(0, first) : first + _YEAR + 1])
        if usual > 0:
            apart.setdefault(start.month, []).append(values[index] / usual - 1)
    return {
        month: median(shares)
        for month, shares in apart.items()
        if len(shares) > 1
        and (
            all(share > _SEASON_SHARE for share in shares) or all(share < -_SEASON_SHARE for share in shares)
        )
    }


def _without(
    starts: Sequence[date], values: Sequence[Decimal], seasons: Mapping[int, Decimal]
) -> list[tuple[int, Decimal]]:
    """Return each month's place and value without its season; one that is usually nothing tells nothing else."""
    usual = [1 + seasons.get(start.month, Decimal(0)) for start in starts]
    return [
        (place, value / share)
        for place, (value, share) in enumerate(zip(values, usual, strict=True))
        if share > 0
    ]


def _outliers(
    name: str,
    starts: Sequence[date],
    values: Sequence[Decimal],
    seasons: Mapping[int, Decimal],
    level: Mapping[int, Decimal],
) -> list[Note]:
    """Return the months whose level, their value without season and trend, lies far from the others'."""
    middle = median(level.values())
    spread = median(abs(value - middle) for value in level.values())
    if spread == 0:
        return []
    found = []
    for place, value in level.items():
        if _NORMAL * abs(value - middle) / spread > _OUTLIER_SCORE:
            start = starts[place]
            season = 1 + seasons.get(start.month, Decimal(0))
            expected = values[place] - (value - middle) * season
            found.append(_outlier_note(name, start, values[place], expected))
    return found


def _trend_note(name: str, last: date, slope: Decimal) -> Note:
    is_up = slope > 0
    words = {
        "zh": f"近两年{'上升' if is_up else '下降'}，每月约 {_shown(abs(slope))}",
        "en": f"{'rising' if is_up else 'falling'} over the last two years, by about {_shown(abs(slope))} a month",
    }
    return Note(name, "rising" if is_up else "falling", last, slope.quantize(_PLACES), words)


def _season_note(name: str, starts: Sequence[date], month: int, share: Decimal) -> Note:
    start = max(each for each in starts if each.month == month)
    percent = (abs(share) * 100).quantize(Decimal(1), ROUND_HALF_UP)
    is_high = share > 0
    words = {
        "zh": f"每年 {month} 月比前后月份{'高' if is_high else '低'}约 {percent}%",
        "en": f"month {month} of every year lies about {percent} % {'above' if is_high else 'below'} the months around",
    }
    return Note(name, "season_high" if is_high else "season_low", start, share.quantize(_PLACES), words)


def _outlier_note(name: str, start: date, value: Decimal, expected: Decimal) -> Note:
    is_high = value > expected
    words = {
        "zh": f"{start:%Y-%m} 为 {_shown(value)}，远{'高' if is_high else '低'}于趋势与季节所示的 {_shown(expected)}",
        "en": f"{start:%Y-%m} is {_shown(value)}, far {'above' if is_high else 'below'} the {_shown(expected)} "
        "that trend and season expect",
    }
    kind = "outlier_high" if is_high else "outlier_low"
    return Note(name, kind, start, (value - expected).quantize(_PLACES), words)


def _shown(value: Decimal) -> str:
    places = Decimal(1) if abs(value) >= 100 else Decimal("0.0001")
    return f"{value.quantize(places, ROUND_HALF_UP):,}"
