"""Which days are worked: public holidays of a country, and the weekend days worked in their place (调休)."""

from __future__ import annotations

from typing import Any

from pipelines.errors import SettingsError, did_you_mean

_FIRST_YEAR = 1990


def parameters(country: str, last_year: int) -> dict[str, Any]:
    """Return what `marts.dim_dates` binds: holidays with their names in zh and en, and working weekends.

    Lists from 1990 to the last year; empty ones without a country. Raises SettingsError for a country whose
    holidays nobody keeps.
    """
    if not country:
        return dict.fromkeys(
            ("holiday_dates", "holiday_names_zh", "holiday_names_en", "working_weekends"), []
        )
    # imported here: it takes longer than most commands
    import holidays

    known = holidays.list_supported_countries()
    if country not in known:
        raise SettingsError(
            "No calendar of public holidays for this country",
            where="holiday_country",
            found=country,
            expected="an ISO code such as CN, or nothing",
            hint=did_you_mean(country.upper(), known),
        )
    years = range(_FIRST_YEAR, last_year + 1)
    by_language = [
        holidays.country_holidays(country, years=years, language=language) for language in ("zh_CN", "en_US")
    ]
    days = sorted(by_language[1])
    return {
        "holiday_dates": days,
        "holiday_names_zh": [by_language[0].get(day) for day in days],
        "holiday_names_en": [by_language[1].get(day) for day in days],
        "working_weekends": sorted(getattr(by_language[1], "weekend_workdays", ())),
    }
