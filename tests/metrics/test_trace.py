"""From a figure to its rows: they add up to it, and say where they were read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pipelines import metrics, resources, warehouse
from pipelines.errors import MetricError
from tests.metrics import sales

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@pytest.fixture(scope="module")
def company() -> Iterator[DuckDBPyConnection]:
    with warehouse.connect() as connection:
        sales.build(connection)
        connection.execute("create schema if not exists ops")
        connection.execute((resources.path("sql") / "ops" / "files.sql").read_text(encoding="utf-8"))
        connection.execute(
            "insert into ops.files by name "
            "select 1 as file_no, 'orders.xlsx' as file_name, 'January' as source_part "
            "union all select 2, 'returns.csv', ''"
        )
        yield connection


@pytest.mark.parametrize(
    "name", ["revenue", "booked", "order_value", "gross_order_value", "cancelled_amount"]
)
@pytest.mark.parametrize("day", [date(2026, 1, 15), date(2026, 2, 1), date(2026, 3, 20)])
def test_trace_of_a_figure_adds_up_to_it(company: DuckDBPyConnection, name: str, day: date) -> None:
    month = day.replace(day=1)
    figure = next(row for row in metrics.query(company, name) if row.period_start == month)
    rows = metrics.trace(company, name, at=day)
    sums = {
        side: sum((row.amount or Decimal(0) for row in rows if row.side == side), Decimal(0))
        for side in ("numerator", "denominator")
    }
    assert sums["numerator"] == figure.numerator
    assert sums["denominator"] == (figure.denominator or 0)


def test_trace_names_file_part_and_row(company: DuckDBPyConnection) -> None:
    rows = metrics.trace(company, "revenue", at=date(2026, 1, 1), where={"region": "West"})
    assert [(row.amount, row.file_name, row.source_part, row.source_row) for row in rows] == [
        (Decimal(50), "orders.xlsx", "January", 4)
    ]


def test_trace_of_a_return_takes_it_off(company: DuckDBPyConnection) -> None:
    rows = metrics.trace(company, "revenue", at=date(2026, 2, 1))
    assert [(row.table, row.amount, row.file_name) for row in rows] == [
        ("marts.fct_returns", Decimal(-20), "returns.csv")
    ]


def test_trace_counts_a_customer_of_several_orders_once(company: DuckDBPyConnection) -> None:
    """A ordered twice in January, B once: of three orders two add 1 to the customers."""
    rows = metrics.trace(company, "buying_customers", at=date(2026, 1, 1))
    assert [(str(row.amount), row.source_row) for row in rows] == [("1", 2), ("0", 4), ("1", 5)]


def test_trace_of_a_middle_value_lists_what_it_is_of(company: DuckDBPyConnection) -> None:
    rows = metrics.trace(company, "order_value_median", at=date(2026, 1, 1))
    assert [(row.amount, row.source_row) for row in rows] == [(None, 2), (None, 4), (None, 5)]


def test_document_by_its_number_gives_its_rows(company: DuckDBPyConnection) -> None:
    rows = metrics.document(company, "O1")
    assert [(row.table, row.source_row) for row in rows] == [
        ("staging.stg_orders", 2),
        ("staging.stg_orders", 3),
    ]


def test_document_of_an_unknown_number_points_to_quarantine(company: DuckDBPyConnection) -> None:
    with pytest.raises(MetricError, match="quarantine"):
        metrics.document(company, "O99")
