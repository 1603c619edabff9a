"""Comparisons of like with like, worked by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from pipelines import metrics, warehouse
from pipelines.errors import MetricError
from pipelines.metrics import Range
from pipelines.metrics.comparisons import Change, YearSpans, change, year_spans
from tests import support
from tests.metrics import sales

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Month by month: 2024-01 9, 2024-02 11, on its 29th; 2025-01 100, 2025-02 50, 2025-03 30 by the 20th and 40 after;
# 2026-01 60, 2026-02 120, 2026-03 45.
ORDERS = [
    sales.order(9, date(2024, 1, 20), "B", "9"),
    sales.order(0, date(2024, 2, 29), "A", "11"),
    sales.order(1, date(2025, 1, 10), "A", "100"),
    sales.order(2, date(2025, 2, 10), "A", "50"),
    sales.order(3, date(2025, 3, 20), "A", "30"),
    sales.order(4, date(2025, 3, 21), "A", "40"),
    sales.order(5, date(2026, 1, 10), "A", "60"),
    sales.order(6, date(2026, 2, 10), "A", "90"),
    sales.order(7, date(2026, 2, 25), "B", "30", "West"),
    sales.order(8, date(2026, 3, 5), "A", "45"),
]


@pytest.fixture(scope="module")
def company() -> Iterator[DuckDBPyConnection]:
    with warehouse.connect() as connection:
        support.empty_raw(connection)
        support.insert(connection, "raw.orders", ORDERS)
        support.insert(
            connection,
            "raw.targets",
            [
                {"period_start": date(2026, 2, 1), "amount": Decimal(100)},
                {"period_start": date(2026, 2, 1), "amount": Decimal(9), "currency": "USD"},
                {"period_start": date(2026, 2, 1), "amount": Decimal(7), "metric": "orders"},
                # The company's 100 is not the sum of these, nor counted with them.
                {"period_start": date(2026, 2, 1), "amount": Decimal(60), "region": "East"},
                {"period_start": date(2026, 2, 1), "amount": Decimal(25), "region": "North"},
                {"period_start": date(2026, 2, 1), "amount": Decimal(8), "region": "West", "sales_rep": "Li"},
                {"period_start": date(2026, 2, 1), "amount": Decimal(3), "region": "West", "sales_rep": "Wu"},
                {"period_start": date(2026, 1, 1), "amount": Decimal(50), "region": "East"},
                {"period_start": date(2026, 1, 1), "amount": Decimal(30), "region": "West"},
                *(
                    {"period_start": day, "amount": Decimal(5), "metric": "order_value"}
                    for day in (date(2026, 1, 1), date(2026, 2, 1))
                ),
            ],
        )
        sales.finish(connection)
        yield connection


def test_compare_of_a_whole_month_uses_whole_months_and_the_plan(company: DuckDBPyConnection) -> None:
    """February: 120 after 60, 20 over plan; January and February together 180 after 150."""
    (found,) = metrics.compare(company, "revenue", at=date(2026, 2, 3))
    assert found.is_complete
    assert found.value == 120
    assert [found.to_previous.base, found.to_previous.difference, found.to_previous.growth] == [60, 60, 1]
    assert [found.to_prior_year.base, found.to_prior_year.difference] == [150, 30]
    assert found.to_prior_year.growth == Decimal("0.2")
    assert found.to_plan.growth == Decimal("0.2")


def test_compare_of_a_month_under_way_uses_the_same_elapsed_days(company: DuckDBPyConnection) -> None:
    """March 1–20: 45, after 90 on February 1–20 and 30 on March 1–20 the year before; no plan for a part."""
    (found,) = metrics.compare(company, "revenue")
    assert (found.period, found.is_complete) == (Range(date(2026, 3, 1), date(2026, 3, 20)), False)
    assert [found.value, found.to_previous.base, found.to_prior_year.base] == [45, 90, 30]
    assert found.to_plan.reason == "no_base"


def test_compare_with_a_year_that_had_a_29_february_takes_that_day_too(company: DuckDBPyConnection) -> None:
    """January and February 2025: 100 + 50, beside 9 and the 11 of 29 February 2024."""
    (found,) = metrics.compare(company, "revenue", at=date(2025, 2, 1))
    assert [found.to_prior_year.base, found.to_prior_year.difference] == [20, 130]


def test_compare_of_january_waits_for_february(company: DuckDBPyConnection) -> None:
    (found,) = metrics.compare(company, "revenue", at=date(2026, 1, 31))
    assert found.to_prior_year == Change(None, None, None, "waits_for_february")
    assert found.to_previous == change(Decimal(60), Decimal(0), "money")


def test_compare_of_february_adds_ratios_up_and_counts_customers_once(company: DuckDBPyConnection) -> None:
    """2026: (60 + 90 + 30) / 3 orders = 60, not (60 + 60) / 2; A and B, though A bought in both; 2025: 150 / 2, A."""
    found = {
        each.metric: each.to_prior_year
        for each in metrics.compare(
            company, ["order_value", "buying_customers", "customer_spend"], at=date(2026, 2, 28)
        )
    }
    assert [found["order_value"].base, found["order_value"].difference] == [75, -15]
    assert [found["buying_customers"].base, found["buying_customers"].difference] == [1, 1]
    assert [found["customer_spend"].base, found["customer_spend"].difference] == [150, -60]


@pytest.mark.parametrize("month", [1, 2])
def test_compare_of_single_months_in_january_or_february_has_no_year_before(
    company: DuckDBPyConnection, month: int
) -> None:
    """Retention asks who came back in one month: January's and February's can't be added up."""
    (found,) = metrics.compare(company, "retention", at=date(2026, month, 1))
    assert found.to_prior_year == Change(None, None, None, "not_combined")


def test_compare_by_slices_of_february_lists_who_sold_in_any_of_the_four_months(
    company: DuckDBPyConnection,
) -> None:
    """B sold 9 in January 2024 alone: its base is there, so that the slices' bases add up to 20."""
    found = metrics.compare(company, "revenue", at=date(2025, 2, 1), by=["customer_id"])
    assert {each.segments["customer_id"]: each.to_prior_year.base for each in found} == {"A": 11, "B": 9}


def test_february_of_a_second_year_whose_first_january_is_unknown() -> None:
    """The first document is of 10 February 2025: 60 + 90 beside its 100 say nothing. A balance needs no January."""
    with warehouse.connect() as connection:
        support.empty_raw(connection)
        days = {date(2025, 2, 10): "100", date(2026, 1, 10): "60", date(2026, 2, 10): "90"}
        orders = [sales.order(number, day, "A", amount) for number, (day, amount) in enumerate(days.items())]
        support.insert(connection, "raw.orders", orders)
        sales.finish(connection)
        (found,) = metrics.compare(connection, "revenue", at=date(2026, 2, 1))
        spans = [
            year_spans(connection, [name], "month", date(2026, month, 9), sales.AS_OF)[name]
            for name, month in (("receivables", 1), ("receivables", 2), ("revenue", 2))
        ]
    assert found.to_prior_year == Change(None, None, None, "before_data")
    assert found.to_previous.growth == Decimal("0.5")
    february, last = (Range(date(year, 2, 1), date(year, 2, 28)) for year in (2026, 2025))
    assert spans == [
        YearSpans(reason="waits_for_february"),
        YearSpans(february, last),
        YearSpans(Range(date(2026, 1, 1), february.end), Range(date(2025, 1, 1), last.end), is_combined=True),
    ]


def test_compare_by_region_shows_a_region_that_is_new(company: DuckDBPyConnection) -> None:
    found = {
        each.segments["region"]: each
        for each in metrics.compare(company, "revenue", at=date(2026, 2, 1), by=["region"])
    }
    assert [found["East"].to_previous.base, found["East"].value] == [60, 90]
    assert found["West"].to_previous.reason == "no_base"
    assert found["West"].value == 30


def test_compare_by_region_with_the_plan_of_each_and_of_one_that_sold_nothing(
    company: DuckDBPyConnection,
) -> None:
    """East 90 of 60, West 30 without a plan of its own level, North 0 of 25."""
    found: dict[str, tuple[Any, ...]] = {
        each.segments["region"]: (each.value, each.to_plan.base, each.to_plan.reason)
        for each in metrics.compare(company, "revenue", at=date(2026, 2, 1), by=["region"])
    }
    assert found == {"East": (90, 60, ""), "North": (0, 25, ""), "West": (30, None, "no_base")}


@pytest.mark.parametrize(
    ("start", "by", "where", "expected"),
    [
        (2, (), {}, {(): 100}),
        (2, (), {"region": ["East"]}, {(): 60}),
        (2, (), {"region": ["East", "North"]}, {(): 85}),
        (2, ("sales_rep",), {}, {(("sales_rep", "Li"),): 8, (("sales_rep", "Wu"),): 3}),
        (2, ("sales_rep",), {"region": ["West"]}, {(("sales_rep", "Li"),): 8, (("sales_rep", "Wu"),): 3}),
        (2, ("channel",), {}, {}),
        (1, (), {}, {(): 80}),  # no row of the company: its regions'
        (3, (), {}, {}),
    ],
)
def test_planned_takes_one_level_of_the_plan_file(
    company: DuckDBPyConnection,
    start: int,
    by: tuple[str, ...],
    where: dict[str, list[str]],
    expected: dict[metrics.plans.Key, int],
) -> None:
    first, last = date(2026, start, 1), date(2026, start, 28)
    assert metrics.planned(company, "revenue", first, last, by=by, where=where) == expected


def test_planned_of_a_ratio_is_never_added_up(company: DuckDBPyConnection) -> None:
    assert metrics.planned(company, "order_value", date(2026, 1, 1), date(2026, 1, 31)) == {(): 5}
    assert metrics.planned(company, "order_value", date(2026, 1, 1), date(2026, 2, 28)) == {}


def test_compare_of_a_metric_by_whole_months_is_silent_about_a_part(company: DuckDBPyConnection) -> None:
    assert metrics.compare(company, "retention") == []


def test_compare_by_week_goes_back_52_weeks(company: DuckDBPyConnection) -> None:
    """The week of March 2, 2026 beside the one of February 24, 2026 and that of March 3, 2025."""
    (found,) = metrics.compare(company, "revenue", at=date(2026, 3, 5), grain="week")
    assert [found.value, found.to_previous.base, found.to_prior_year.base] == [45, 30, 0]


@pytest.mark.parametrize(
    ("value", "base", "unit", "growth", "reason"),
    [
        ("120", "100", "money", "0.2", ""),
        ("80", "0", "money", None, "base_not_positive"),
        ("80", "-5", "money", None, "base_not_positive"),
        ("80", None, "money", None, "no_base"),
        (None, "80", "money", None, "no_value"),
        ("0.5", "0.4", "rate", None, "rate"),
    ],
)
def test_change_from_a_base_that_misleads_has_no_growth_but_a_reason(
    value: str | None, base: str | None, unit: str, growth: str | None, reason: str
) -> None:
    found = change(None if value is None else Decimal(value), None if base is None else Decimal(base), unit)
    assert (found.growth, found.reason) == (None if growth is None else Decimal(growth), reason)


def test_compare_without_a_calendar_is_refused(company: DuckDBPyConnection) -> None:
    with pytest.raises(MetricError, match="compared by a calendar"):
        metrics.compare(company, "revenue", grain="all")
