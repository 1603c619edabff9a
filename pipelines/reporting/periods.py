"""Dates as people read them, through Babel; patterns stand in the catalogs."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache

from pipelines.reporting import words
from pipelines.reporting.words import Text


@lru_cache(4096)  # a run names the same few hundred days thousands of times
def _formatted(when: date, key: str) -> Text:
    from babel.dates import format_date

    parts = [
        str(format_date(when, format=str(words.catalog(lang)[key]), locale=words.locale(lang)))
        for lang in words.LANGUAGES
    ]
    return Text(parts[0], parts[1])


def day(when: date | None) -> Text:
    """Return a date in full, or a dash."""
    return words.same("–") if when is None else _formatted(when, "date.day")


def short_day(when: date | None) -> Text:
    """Return a date without its year, or a dash."""
    return words.same("–") if when is None else _formatted(when, "date.short_day")


def moment(when: datetime | None) -> Text:
    """Return a UTC moment as date, hour and minute, or a dash."""
    if when is None:
        return words.same("–")
    return _formatted(when.date(), "date.day").map(lambda text: f"{text} {when:%H:%M}")


def month(when: date) -> Text:
    """Return a month with its year: 2026 年 10 月, October 2026."""
    return _formatted(when, "date.month")


def month_name(when: date) -> Text:
    """Return a month's short name: 10月, Oct."""
    return _formatted(when, "date.month_name")


def span(start: date, end: date) -> Text:
    """Return a period from its first to its last day, without saying the year twice."""
    if start.year != end.year:
        return words.text("date.span", start=day(start), end=day(end))
    if start.month != end.month:
        return Text(
            words.text("date.span", start=day(start), end=short_day(end)).zh,
            words.text("date.span", start=short_day(start), end=day(end)).en,
        )
    return Text(
        words.text("date.span", start=day(start), end=short_day(end)).zh,
        words.text("date.span", start=str(start.day), end=day(end)).en,
    )


def month_labels(months: tuple[date, ...], lang: str) -> tuple[str, ...]:
    """Return the short names of months for a chart's slots."""
    return tuple(month_name(when).of(lang) for when in months)


def year_groups(months: tuple[date, ...]) -> dict[int, str]:
    """Return the slots below which a year is printed: the first one, and each January."""
    return {i: str(when.year) for i, when in enumerate(months) if i == 0 or when.month == 1}


def workday_after(start: date, days: int) -> date:
    """Return the day `days` after `start`, moved to Monday when it falls on a weekend."""
    when = start + timedelta(days=days)
    return when + timedelta(days=7 - when.weekday()) if when.weekday() >= 5 else when
