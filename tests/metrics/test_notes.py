"""Trend, season and outlier, on series whose notes are seen without reckoning."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pipelines import metrics, warehouse
from tests import support
from tests.metrics import sales

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MONTHS = [date(2024 + index // 12, index % 12 + 1, 10) for index in range(24)]
# By region: a steady rise of 10; half as much in February; nothing then; 99 to 101 with one month of 500.
SERIES = {
    "rise": [100 + 10 * index for index in range(24)],
    "season": [50 if day.month == 2 else 100 for day in MONTHS],
    "pause": [0 if day.month == 2 else 100 for day in MONTHS],
    "spike": [500 if index == 17 else (100, 101, 99)[index % 3] for index in range(24)],
}


@pytest.fixture(scope="module")
def two_years() -> Iterator[DuckDBPyConnection]:
    with warehouse.connect() as connection:
        support.empty_raw(connection)
        orders = [
            sales.order(len(values) * number + index, MONTHS[index], "A", str(value), region)
            for number, (region, values) in enumerate(SERIES.items())
            for index, value in enumerate(values)
        ]
        support.insert(connection, "raw.orders", orders)
        sales.finish(connection, as_of=date(2025, 12, 31))
        yield connection


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        ("rise", [("rising", date(2025, 12, 1), Decimal(10))]),
        ("season", [("season_low", date(2025, 2, 1), Decimal("-0.5"))]),
        # a month of nothing every year is a season, and neither a trend nor an outlier beside
        ("pause", [("season_low", date(2025, 2, 1), Decimal(-1))]),
        ("spike", [("outlier_high", date(2025, 6, 1), Decimal(400))]),
    ],
)
def test_notes_of_a_series_tell_what_stands_out_and_nothing_else(
    two_years: DuckDBPyConnection, region: str, expected: list[tuple[str, date, Decimal]]
) -> None:
    found = metrics.notes(two_years, "revenue", where={"region": region})
    assert [(note.kind, note.period_start, note.size) for note in found] == expected
    assert all(set(note.words) == {"zh", "en"} for note in found)
