"""Where a deployed flow begins: its settings, and the one reading of the clock that its run is named by."""

from __future__ import annotations

import calendar
import secrets
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pipelines import settings as project_settings
from pipelines.job import Request
from pipelines.warehouse import Home, state

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.settings import Settings


def settings(lang: str = "") -> Settings:
    """Return the settings in force: HOME and the rest come from the worker's own environment and files."""
    chosen = project_settings.load({"lang": lang or None})
    return replace(chosen, home=chosen.home.absolute())


def request(
    chosen: Settings, exports: Sequence[Path] = (), until: str = "", *, full: bool = False
) -> Request:
    """Return the request of one run, which begins now."""
    now = moment()
    started_at = state.not_before(Home(chosen.home), now)
    return Request(
        settings=chosen,
        exports=tuple(exports),
        run_id=f"{started_at:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}",
        started_at=started_at,
        today=now.astimezone(ZoneInfo(chosen.time_zone)).date(),
        full=full,
        until=until,
    )


def moment() -> datetime:
    """Return the present moment, UTC; what begins a run is told it here and nowhere below."""
    return datetime.now(UTC)


def closing_day_before(day: date, month_close_day: int) -> date:
    """Return the last closing day before `day`: the end of a natural month when `month_close_day` is 0.

    >>> closing_day_before(date(2026, 11, 3), 0)
    datetime.date(2026, 10, 31)
    >>> closing_day_before(date(2026, 11, 25), 25)
    datetime.date(2026, 10, 25)
    """
    if month_close_day == 0:
        return day.replace(day=1) - timedelta(days=1)
    if day.day > month_close_day:
        return day.replace(day=month_close_day)
    return (day.replace(day=1) - timedelta(days=1)).replace(day=month_close_day)


def days_between(first: date, last: date, step: str, month_close_day: int) -> list[date]:
    """Return the as-of dates from `first` to `last`, both included.

    Each `day`; each `week`, counted from the first; or each `month`, at its closing day.
    """
    if step != "month":
        pace = timedelta(days=1 if step == "day" else 7)
        count = (last - first) // pace + 1
        return [first + pace * number for number in range(max(count, 0))]
    found = []
    month = first.replace(day=1)
    while month <= last:
        length = calendar.monthrange(month.year, month.month)[1]
        closing = month.replace(day=month_close_day or length)
        if first <= closing <= last:
            found.append(closing)
        month += timedelta(days=length)
    return found
