"""Comparisons in words: one basis, flat when flat, nothing when it can't be told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pipelines.reporting import numbers, periods, words
from pipelines.reporting.numbers import Change
from pipelines.reporting.review import Definition, MetricLine, Point, ReviewData, YearOnYear
from pipelines.reporting.words import Text


@dataclass(frozen=True)
class Compared:
    """A metric of the month under review with its comparisons; `yearly` is what 同比 compares."""

    line: MetricLine
    now: Point
    before: Point | None
    yearly: YearOnYear
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
    yearly = line.years[-1] if line.years else YearOnYear(now)
    return Compared(
        line,
        now,
        before,
        yearly,
        year_change(line, yearly),
        _change(now, before, of_rate=line.unit == "rate"),
        line.plan[-1] if line.plan else None,
    )


def year_change(line: MetricLine, yearly: YearOnYear) -> Change:
    """Return the 同比 of one month of a metric."""
    return _change(yearly.now, yearly.before, of_rate=line.unit == "rate")


def _change(now: Point, base: Point | None, *, of_rate: bool) -> Change:
    if base is None or not (now.is_complete and base.is_complete):
        return numbers.UNKNOWN_CHANGE
    return numbers.change(now.value, base.value, of_rate=of_rate)


def on_year(item: Compared) -> Text | None:
    """Return 同比 in words, or None when it can't be told; of January and February together it says so."""
    if item.on_year.size is None:
        return None
    name = "year_combined" if item.yearly.is_combined else "year"
    if item.on_year.is_flat:
        return words.text(f"versus.{name}_flat")
    return words.text(f"versus.{name}", change=_said(item.on_year))


def year_name(yearly: YearOnYear) -> Text:
    """Return the short name of a 同比: of one month, or of January and February together."""
    return words.text("versus.year_combined_short" if yearly.is_combined else "versus.year_short")


def year_note(data: ReviewData, names: Iterable[str]) -> Text:
    """Return how the 同比 of these metrics is compared where it is not of one month; nothing in most months."""
    latest = {
        name: line.years[-1] for name in names if (line := data.metrics.get(name)) is not None and line.years
    }
    told = [words.text("versus.note_combined")] if any(each.is_combined for each in latest.values()) else []
    for reason in ("waits_for_february", "not_combined"):
        labels = [label_of(data, name) for name, each in latest.items() if each.reason == reason]
        if labels:
            told.append(words.text(f"versus.note_{reason}", labels=words.joined(labels, "list.and")))
    return words.joined(told, "list.sentence")


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


def no_receivables(data: ReviewData) -> Text:
    """Return why there is nothing receivable to show: no export of it, no month that is over, or nothing open."""
    if not data.sources or "invoices" in data.missing_kinds:
        return words.text("empty.receivables")
    return words.text("empty.nothing_open" if data.aging_months else "empty.no_month_end")


def label_of(data: ReviewData, name: str) -> Text:
    """Return a metric's name as its declaration words it; its own name where it is declared no longer."""
    return data.labels.get(name) or Text(name, name)


def owner_name(owner: str) -> Text:
    """Return who answers for a metric, in both languages where the catalogs know the name."""
    key = f"owner.{owner}"
    return words.text(key) if words.has(key) else words.same(owner)


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
