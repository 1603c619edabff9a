"""Which days are worked: public holidays of a country, and the weekend days worked in their place (调休)."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from pipelines.errors import SettingsError, did_you_mean

_FIRST_YEAR = 1990
_NAMES = ("holiday_dates", "holiday_names_zh", "holiday_names_en", "working_weekends")


def parameters(country: str, last_year: int) -> dict[str, Any]:
    """Return what `marts.dim_dates` binds: holidays with their names in zh and en, and working weekends.

    Lists from 1990 to the last year; empty ones without a country. Raises SettingsError for a country whose
    holidays nobody keeps.
    """
    if not country:
        return {name: [] for name in _NAMES}
    # imported here: it takes longer than most commands
    import holidays
    from holidays.registry import EntityLoader

    known = set(EntityLoader.get_country_codes())
    if country not in known:
        raise SettingsError(
            "No calendar of public holidays for this country",
            where="holiday_country",
            found=country,
            expected="an ISO code such as CN, or nothing",
            hint=did_you_mean(country.upper(), known),
        )
    years = range(_FIRST_YEAR, last_year + 1)
    with _without_other_countries():
        by_language = [
            holidays.country_holidays(country, years=years, language=language)
            for language in ("zh_CN", "en_US")
        ]
    days = sorted(by_language[1])
    names = [[known_by.get(day) for day in days] for known_by in by_language]
    worked = sorted(getattr(by_language[1], "weekend_workdays", ()))
    return dict(zip(_NAMES, (days, *names, worked), strict=True))


@contextmanager
def _without_other_countries() -> Iterator[None]:
    """Let one country's calendar be imported alone: its package would import all 250, and take longer than a small job.

    A bare package of that name stands in their folder meanwhile; whoever wants the real one afterwards imports it.
    """
    name = "holidays.countries"
    found = None if name in sys.modules else importlib.util.find_spec(name)
    if found is None or found.submodule_search_locations is None:
        yield
        return
    bare = ModuleType(name)
    bare.__path__ = list(found.submodule_search_locations)
    sys.modules[name] = bare
    try:
        yield
    finally:
        if sys.modules.get(name) is bare:
            del sys.modules[name]
