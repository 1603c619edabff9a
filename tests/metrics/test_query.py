"""Metrics asked of a small company: the traps of every metrics layer, with figures worked by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pipelines import metrics, warehouse
from pipelines.errors import MetricError
from tests import support
from tests.metrics import sales
from tests.metrics.sales import FEBRUARY, JANUARY, MARCH

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@pytest.fixture(scope="module")
def company() -> Iterator[DuckDBPyConnection]:
    with warehouse.connect() as connection:
        sales.build(connection)
        yield connection


def _values(rows: list[metrics.MetricRow]) -> list[Decimal | None]:
    return [row.value for row in rows]


@pytest.mark.parametrize(
    ("metric", "january", "february", "march"),
    [
        ("booked", "180", "0", "280"),
        ("revenue", "180", "-20", "280"),
        ("returned_amount", "0", "20", "0"),
        ("cancelled_amount", "40", "0", "0"),
        ("orders", "3", "0", "3"),
        ("zero_value_orders", "0", "0", "1"),
        ("cancelled_orders", "1", "0", "0"),
        ("buying_customers", "2", "0", "2"),
        ("order_value", "60", None, "93.333333"),
        ("customer_spend", "90", None, "135"),
        ("repeat_rate", "0.5", None, "0.5"),
        ("retention", None, "0", None),
    ],
)
def test_query_of_three_months_gives_figures_worked_by_hand(
    company: DuckDBPyConnection, metric: str, january: str | None, february: str | None, march: str | None
) -> None:
    expected = [None if text is None else Decimal(text) for text in (january, february, march)]
    assert _values(metrics.query(company, metric)) == expected


def test_query_by_a_slice_that_says_nothing_of_other_rows_has_no_row_of_it_unknown(
    company: DuckDBPyConnection,
) -> None:
    """The cancelled order is not open and has no age: no open order is of unknown age. O1, O2, O3 are of January."""
    rows = metrics.query(company, "open_orders", grain="all", by=["open_age"])
    assert {row.segments["open_age"]: row.value for row in rows} == {"31-90": 3, "8-30": 4}


def test_query_of_a_missing_month_keeps_it_in_the_spine(company: DuckDBPyConnection) -> None:
    rows = metrics.query(company, "order_value")
    assert {row.period_start: row.denominator for row in rows} == {JANUARY: 3, FEBRUARY: 0, MARCH: 3}


def test_query_of_two_facts_together_does_not_fan_out(company: DuckDBPyConnection) -> None:
    """O1 has two lines and a return: joined before the sums, 100 would count twice."""
    rows = metrics.query(company, ["booked", "returned_amount", "revenue", "orders"], grain="all")
    assert _values(rows) == [460, 20, 440, 6]


def test_query_of_a_ratio_over_segments_is_not_an_average_of_averages(company: DuckDBPyConnection) -> None:
    """East: (130 + 80 - 20) / 4; West: 250 / 2; together 440 / 6, not (47.5 + 125) / 2."""
    by_region = metrics.query(company, "order_value", grain="all", by=["region"])
    assert {row.segments["region"]: row.value for row in by_region} == {"East": Decimal("47.5"), "West": 125}
    assert _values(metrics.query(company, "order_value", grain="all")) == [Decimal("73.333333")]


def test_query_of_distinct_customers_is_recounted_at_each_level(company: DuckDBPyConnection) -> None:
    """A bought in East and in West, in January and in March."""
    by_region = metrics.query(company, "buying_customers", grain="all", by=["region"])
    assert {row.segments["region"]: row.value for row in by_region} == {"East": 2, "West": 2}
    assert _values(metrics.query(company, "buying_customers", grain="all")) == [3]


def test_query_after_the_as_of_date_sees_nothing(company: DuckDBPyConnection) -> None:
    rows = metrics.query(company, "revenue", end=date(2026, 12, 31))
    assert sum(row.value or 0 for row in rows) == 440


def test_query_as_of_an_earlier_day_leaves_later_orders_out(company: DuckDBPyConnection) -> None:
    rows = metrics.query(company, "revenue", as_of=date(2026, 1, 10))
    assert _values(rows) == [130]
    assert not rows[0].is_complete


def test_query_as_of_an_earlier_day_tells_nothing_that_came_of_it_later(company: DuckDBPyConnection) -> None:
    """As of March 9, A, B and C had come; whether more do in March, and what was open then, this build can't tell."""
    rows = metrics.query(company, ["new_customers", "open_orders"], as_of=date(2026, 3, 9))
    assert [(row.value, row.reason) for row in rows] == [
        *[(2, ""), (0, ""), (None, "not_known_then")],
        *[(None, "not_known_then")] * 3,
    ]


def test_query_marks_periods_complete_once_their_last_day_is_past(company: DuckDBPyConnection) -> None:
    assert [row.is_complete for row in metrics.query(company, "revenue")] == [True, True, False]


def test_query_of_part_of_a_month_is_not_complete(company: DuckDBPyConnection) -> None:
    rows = metrics.query(company, "revenue", start=date(2026, 1, 6), end=FEBRUARY)
    assert _values(rows) == [80, 0]
    assert not any(row.is_complete for row in rows)


@pytest.mark.parametrize(
    ("grain", "first", "expected"),
    [
        ("day", date(2026, 1, 5), "100"),
        ("week", date(2026, 1, 5), "130"),
        ("quarter", JANUARY, "440"),
        ("year", JANUARY, "440"),
        ("fiscal_year", JANUARY, "440"),
        ("retail_445", date(2025, 12, 29), "130"),
        ("all", date(2026, 1, 5), "440"),
    ],
)
def test_query_by_other_calendars_names_periods_by_their_first_day(
    company: DuckDBPyConnection, grain: str, first: date, expected: str
) -> None:
    """The first 4-4-5 month of 2026 runs to January 25: the order of January 31 is in the second."""
    row = metrics.query(company, "revenue", grain=grain)[0]
    assert (row.period_start, row.value) == (first, Decimal(expected))


def test_query_filtered_by_a_hostile_value_finds_nothing(company: DuckDBPyConnection) -> None:
    rows = metrics.query(company, "revenue", grain="all", where={"region": "East') or true --"})
    assert _values(rows) == [0]


def test_query_filtered_by_several_values_adds_them(company: DuckDBPyConnection) -> None:
    rows = metrics.query(
        company, "revenue", grain="all", where={"region": ["East", "West"], "customer_id": "A"}
    )
    assert _values(rows) == [200]


def test_largest_slices_keep_the_others_apart(company: DuckDBPyConnection) -> None:
    """A 200, C 200, B 30, unknown 10: the others are recomputed, so their order value is 40 / 2."""
    rows = metrics.largest(company, ["revenue", "orders"], 2, by="customer_id")
    found = {(row.metric, row.segments["customer_id"]): row.value for row in rows}
    assert found == {
        ("revenue", "A"): 200,
        ("revenue", "C"): 200,
        ("revenue", "others"): 40,
        ("orders", "A"): 3,
        ("orders", "C"): 1,
        ("orders", "others"): 2,
    }


def test_query_of_a_metric_misspelt_names_the_nearest(company: DuckDBPyConnection) -> None:
    with pytest.raises(MetricError, match="did you mean revenue"):
        metrics.query(company, "revenu")


def test_query_of_a_slice_misspelt_names_the_nearest(company: DuckDBPyConnection) -> None:
    with pytest.raises(MetricError, match="did you mean region"):
        metrics.query(company, "revenue", by=["regoin"])


def test_query_by_a_slice_that_makes_no_sense_says_why(company: DuckDBPyConnection) -> None:
    with pytest.raises(MetricError, match=r"one row of marts.fct_orders has no one product_category"):
        metrics.query(company, "order_value", by=["product_category"])


def test_query_by_a_grain_that_makes_no_sense_says_which_do(company: DuckDBPyConnection) -> None:
    with pytest.raises(MetricError, match="expected: month"):
        metrics.query(company, "retention", grain="day")


def test_query_of_a_range_that_ends_first_is_refused(company: DuckDBPyConnection) -> None:
    with pytest.raises(MetricError, match="ends before it starts"):
        metrics.query(company, "revenue", start=MARCH, end=JANUARY)


def test_query_of_a_database_without_metrics_says_what_to_run(connection: DuckDBPyConnection) -> None:
    with pytest.raises(MetricError, match="salesdesk run"):
        metrics.query(connection, "revenue")


def test_query_of_empty_exports_gives_no_rows(connection: DuckDBPyConnection) -> None:
    support.empty_raw(connection)
    sales.finish(connection)
    assert metrics.query(connection, ["revenue", "order_value", "retention", "receivables"]) == []


def test_query_of_a_range_before_the_data_knows_nothing_and_says_so(company: DuckDBPyConnection) -> None:
    rows = metrics.query(company, ["revenue", "order_value"], start=date(2025, 5, 1), end=date(2025, 6, 30))
    assert [(row.metric, row.numerator, row.value, row.reason) for row in rows] == [
        ("revenue", None, None, "before_data"),
        ("revenue", None, None, "before_data"),
        ("order_value", None, None, "before_data"),
        ("order_value", None, None, "before_data"),
    ]


def test_query_of_a_missing_month_gives_zero_and_a_ratio_without_value(company: DuckDBPyConnection) -> None:
    """February has a return and no order; the average of January's and March's order values is not asked for."""
    names = ["orders", "order_value", "order_value_median"]
    rows = {row.metric: row for row in metrics.query(company, names, start=FEBRUARY, end=date(2026, 2, 28))}
    assert (rows["orders"].value, rows["orders"].reason) == (Decimal(0), "")
    assert (rows["order_value"].value, rows["order_value"].reason) == (None, "no_denominator")
    assert (rows["order_value_median"].value, rows["order_value_median"].reason) == (None, "no_rows")


def test_query_flags_what_stands_on_few_things(company: DuckDBPyConnection) -> None:
    """Six orders are few for an order value and for a median; a sum is drawn from nothing."""
    names = ["revenue", "order_value", "order_value_median"]
    rows = metrics.query(company, names, grain="all")
    assert [(row.metric, row.is_small_sample) for row in rows] == [
        ("revenue", False),
        ("order_value", True),
        ("order_value_median", True),
    ]


def test_query_knows_calendars_by_the_words_people_use(company: DuckDBPyConnection) -> None:
    rows = metrics.query(company, "revenue", grain="月结")
    assert {row.grain for row in rows} == {"closing_month"}
    assert metrics.query(company, "revenue", grain="4-4-5") == metrics.query(
        company, "revenue", grain="retail_445"
    )


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("net_revenue_retention", "1.250000"),
        ("gross_revenue_retention", "0.750000"),
        ("retention", "0.666667"),
    ],
)
def test_query_of_revenue_retention_weighs_customers_by_what_they_bought(
    connection: DuckDBPyConnection, metric: str, expected: str
) -> None:
    """January A 100, B 60, C 40; February A 200, B 50, D 500: 250 / 200 of them, 100 + 50 kept, 2 customers of 3."""
    support.empty_raw(connection)
    support.insert(
        connection,
        "raw.orders",
        [
            sales.order(1, date(2026, 1, 5), "A", "100"),
            sales.order(2, date(2026, 1, 6), "B", "60"),
            sales.order(3, date(2026, 1, 7), "C", "40"),
            sales.order(4, date(2026, 2, 5), "A", "200"),
            sales.order(5, date(2026, 2, 6), "B", "50"),
            sales.order(6, date(2026, 2, 7), "D", "500"),
        ],
    )
    sales.finish(connection)
    row = metrics.query(connection, metric)[1]
    assert row.value == Decimal(expected)
