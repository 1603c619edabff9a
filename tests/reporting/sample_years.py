"""What 同比 compares in the sample."""

from __future__ import annotations

from decimal import Decimal

from pipelines.reporting.review import Point, YearOnYear


def years_of(history: tuple[Point, ...], before: tuple[Point, ...]) -> tuple[YearOnYear, ...]:
    """Month by month: January waits for February, and February is of both, which add up."""
    told: list[YearOnYear] = []
    pairs = list(zip(history, before, strict=True)) if before else []
    for index, (now, old) in enumerate(pairs):
        month = now.period_start.month
        if month == 1:
            told.append(YearOnYear(now, reason="waits_for_february"))
        elif month == 2:
            january = pairs[index - 1]
            told.append(YearOnYear(_both(january[0], now), _both(january[1], old), is_combined=True))
        else:
            told.append(YearOnYear(now, old))
    return tuple(told)


def _both(january: Point, february: Point) -> Point:
    amounts = [point.value or Decimal(0) for point in (january, february)]
    return Point(january.period_start, sum(amounts, Decimal(0)))
