"""The published metric tables."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pipelines import metrics, warehouse
from tests.metrics import sales
from tests.metrics.sales import FEBRUARY, JANUARY, MARCH

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@pytest.fixture(scope="module")
def company() -> Iterator[DuckDBPyConnection]:
    with warehouse.connect() as connection:
        sales.build(connection)
        yield connection


def test_metric_values_of_a_total_equal_the_query(company: DuckDBPyConnection) -> None:
    for name in ("revenue", "order_value", "buying_customers", "retention", "conversion", "receivables"):
        published = company.execute(
            "select period_start, numerator, denominator, value, is_complete from metrics.metric_values "
            "where metric = ? and segment_count = 0 order by period_start",
            [name],
        ).fetchall()
        asked = [
            (row.period_start, row.numerator, row.denominator, row.value, row.is_complete)
            for row in metrics.query(company, name)
        ]
        assert published == asked


def test_metric_values_of_a_slice_equal_the_query(company: DuckDBPyConnection) -> None:
    published = company.execute(
        "select period_start, region, value from metrics.metric_values "
        "where metric = 'order_value' and region is not null order by all"
    ).fetchall()
    asked = [
        (row.period_start, row.segments["region"], row.value)
        for row in metrics.query(company, "order_value", by=["region"])
    ]
    assert published == asked


def test_view_of_a_metric_shows_its_values(company: DuckDBPyConnection) -> None:
    rows = company.execute(
        "select period_start, value from metrics.revenue where segment_count = 0 order by period_start"
    ).fetchall()
    assert rows == [(JANUARY, 180), (FEBRUARY, -20), (MARCH, 280)]


def test_metric_values_keep_a_category_apart_from_what_has_none(company: DuckDBPyConnection) -> None:
    """January: Parts 60 + 50, Tools 40, no category 30."""
    rows = company.execute(
        "select product_category, value from metrics.revenue "
        "where product_category is not null and period_start = ? order by all",
        [JANUARY],
    ).fetchall()
    assert rows == [("Parts", 110), ("Tools", 40), ("unknown", 30)]


def test_definitions_are_published_with_their_words(company: DuckDBPyConnection) -> None:
    row = company.execute(
        "select label_zh, label_en, unit, is_additive_over_segments from metrics.definitions where metric = 'revenue'"
    ).fetchone()
    assert row == ("销售额", "Revenue", "money", True)


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [
        ("1620649.63", "10000", "162.064963"),
        ("10666684.544", "19960", "534.403033"),
        ("4238", "6711", "0.631501"),
        ("1", "3", "0.333333"),
        ("2", "3", "0.666667"),
        ("-2", "3", "-0.666667"),
        ("2", "-3", None),
        ("1", "2000000", "0.000001"),
        ("9999999999999.9999", "0.0001", "99999999999999999.000000"),
        ("5", "0", None),
        ("0", "7", "0"),
    ],
)
def test_ratio_is_exact_and_rounds_half_up(
    connection: DuckDBPyConnection, numerator: str, denominator: str, expected: str | None
) -> None:
    """DuckDB's own decimal / decimal is a DOUBLE, wrong from the sixteenth digit on."""
    from pipelines.metrics.composition import ratio

    (found,) = connection.execute(
        f"select {ratio('n', 'd')} from (select ?::decimal(38, 4) as n, ?::decimal(38, 4) as d)",
        [Decimal(numerator), Decimal(denominator)],
    ).fetchone() or (None,)
    assert found == (None if expected is None else Decimal(expected))
