"""Which days are worked, as the State Council announced them for 2026."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest

from pipelines.errors import SettingsError
from pipelines.job import workdays


def test_workdays_of_china_in_2026_hold_the_days_swapped_for_the_spring_festival() -> None:
    """Off from February 15 (a Sunday) to the 23rd; worked on Saturday the 14th and Saturday the 28th."""
    found = workdays.parameters("CN", 2026)
    off = [day for day in found["holiday_dates"] if (day.year, day.month) == (2026, 2)]
    assert off == [date(2026, 2, day) for day in (16, 17, 18, 19, 20, 23)]
    named = dict(zip(found["holiday_dates"], found["holiday_names_zh"], strict=True))
    assert named[date(2026, 2, 17)] == "春节"
    worked = [day for day in found["working_weekends"] if day.year == 2026]
    assert worked[1:3] == [date(2026, 2, 14), date(2026, 2, 28)]
    assert all(day.isoweekday() > 5 for day in worked)


def test_workdays_of_no_country_are_the_weekdays() -> None:
    assert set(map(tuple, workdays.parameters("", 2026).values())) == {()}


def test_workdays_of_an_unknown_country_are_refused_by_name() -> None:
    with pytest.raises(SettingsError, match="XX"):
        workdays.parameters("XX", 2026)


def test_workdays_of_one_country_import_no_other_and_keep_none_from_being_imported() -> None:
    told = (
        "import sys\n"
        "from pipelines.job import workdays\n"
        "assert workdays.parameters('CN', 2026)['working_weekends']\n"
        "assert 'holidays.countries.germany' not in sys.modules\n"
        "import holidays, holidays.countries\n"
        "assert holidays.countries.Germany(years=2026)\n"
    )
    subprocess.run([sys.executable, "-c", told], check=True)
