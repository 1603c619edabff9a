"""Drivers of a change of revenue add up to it, always."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pipelines import metrics, warehouse
from pipelines.metrics import Range
from pipelines.metrics.drivers import shapley
from tests.metrics import sales

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

JANUARY = Range(date(2026, 1, 1), date(2026, 1, 31))
FEBRUARY = Range(date(2026, 2, 1), date(2026, 2, 28))
MARCH = Range(date(2026, 3, 1), date(2026, 3, 20))


@pytest.fixture(scope="module")
def company() -> Iterator[DuckDBPyConnection]:
    with warehouse.connect() as connection:
        sales.build(connection)
        yield connection


def test_drivers_of_two_months_are_customers_frequency_and_value(company: DuckDBPyConnection) -> None:
    """January: 2 customers, 3 orders, 180. March: 2 customers, 2 orders, 270, and 10 of nobody.

    Customers stay 2. Orders a customer go from 1.5 to 1: -0.5 x 2 x (60 + 135) / 2 = -97.5. Value an order
    goes from 60 to 135: 75 x 2 x (1.5 + 1) / 2 = 187.5.
    """
    found = {each.name: each.effect for each in metrics.drivers(company, JANUARY, MARCH)}
    assert found == {
        "customers": 0,
        "orders_per_customer": Decimal("-97.5"),
        "value_per_order": Decimal("187.5"),
        "without_customer": 10,
    }


def test_drivers_of_a_month_without_customers_tell_one_effect(company: DuckDBPyConnection) -> None:
    """February has a return of 20 by A and no order."""
    found = metrics.drivers(company, JANUARY, FEBRUARY)
    assert {each.name: each.effect for each in found} == {"customers": -200, "without_customer": 0}


def test_contributions_of_regions_add_up_to_the_change(company: DuckDBPyConnection) -> None:
    """East 130 to 80, West 50 to 200."""
    found = metrics.contributions(company, JANUARY, MARCH, "region")
    assert {each.name: each.effect for each in found} == {"West": 150, "East": -50}
    assert found[0].name == "West"


@given(*[some.tuples(*[some.fractions(0, 1000)] * 3)] * 2)
def test_shapley_effects_of_any_factors_add_up_to_the_change(
    before: tuple[Fraction, Fraction, Fraction], after: tuple[Fraction, Fraction, Fraction]
) -> None:
    change = after[0] * after[1] * after[2] - before[0] * before[1] * before[2]
    assert sum(shapley(before, after)) == change
