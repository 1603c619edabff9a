"""Comparisons in words: one basis, flat when flat, nothing when it can't be told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pipelines.reporting import numbers, periods, words
from pipelines.reporting.numbers import Change
from pipelines.reporting.review import Definition, MetricLine, Point, ReviewData
from pipelines.reporting.words import Text


@dataclass(frozen=True)
class Compared:
    """A metric of the month under review with its comparisons."""

    line: MetricLine
    now: Point
    before: Point | None
    year_ago: Point | None
    on_year: Change
    on_month: Change
    plan: Decimal | None

    @property
    def is_usable(self) -> bool:
        """Whether the figure may be spoken of: known and not withheld."""
        return self.now.value is not None and self.line.state not in {"unavailable", "empty", "small_sample"}


def compared(data: ReviewData, name: str) -> Compared | None:
    """Return the latest point of a metric with 同比 and 环比; None when the metric has no points at all."""
    line = data.metrics.get(name)
    if line is None or not line.history:
        return None
    now = line.history[-1]
    before = line.history[-2] if len(line.history) > 1 else None
    year_ago = line.prior[-1] if line.prior else None
    of_rate = line.unit == "rate"
    return Compared(
        line,
        now,
        before,
        year_ago,
        _change(now, year_ago, of_rate=of_rate),
        _change(now, before, of_rate=of_rate),
        line.plan[-1] if line.plan else None,
    )


def _change(now: Point, base: Point | None, *, of_rate: bool) -> Change:
    if base is None or not (now.is_complete and base.is_complete):
        return numbers.UNKNOWN_CHANGE
    return numbers.change(now.value, base.value, of_rate=of_rate)


def on_year(change: Change) -> Text | None:
    """Return 同比 in words, or None when it can't be told."""
    if change.size is None:
        return None
    return (
        words.text("versus.year_flat") if change.is_flat else words.text("versus.year", change=_said(change))
    )


def on_month(change: Change, month: date) -> Text | None:
    """Return 环比 in words, naming the earlier month, or None when it can't be told."""
    if change.size is None:
        return None
    name = periods.month_name(month)
    if change.is_flat:
        return words.text("versus.month_flat", month=name)
    return words.text("versus.month", change=_said(change), month=name)


def _said(change: Change) -> Text:
    """Return a change for a sentence: points are spelt out there."""
    if change.points is None:
        return change.text
    return words.text("unit.points_said", n=numbers.grouped(change.points * 100, 1, signed=True))


def label_of(data: ReviewData, name: str) -> Text:
    """Return a metric's name as its declaration words it; its own name where it is declared no longer."""
    return data.labels.get(name) or Text(name, name)


def definition_of(data: ReviewData, name: str) -> Definition | None:
    """Return a metric's declaration, if it came with the data."""
    return next((definition for definition in data.definitions if definition.name == name), None)


def figure(compared_metric: Compared, currency: str) -> Text:
    """Return a metric's value as a headline figure with its unit."""
    return value_text(compared_metric.now.value, compared_metric.line.unit, currency)


def value_text(value: Decimal | None, unit: str, currency: str) -> Text:
    """Return a value worded by its unit: money, rate, days or count."""
    if value is None:
        return numbers.NONE
    if unit == "money":
        return numbers.money(value, currency)
    if unit == "rate":
        return numbers.rate(value)
    if unit == "days":
        return numbers.days(value, 1)
    return numbers.count(value)
