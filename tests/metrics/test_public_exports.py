"""Figures of public exports that others computed with pandas; rows go to the raw tables without a mapping."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines import metrics, warehouse
from tests import support

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

AS_OF = date(2011, 12, 9)


@pytest.fixture(scope="module")
def retail(shared: Path) -> Iterator[DuckDBPyConnection]:
    """UCI Online Retail: lines whose invoice number starts with C are returns, all others orders."""
    source = shared / "data" / "online_retail_I_2010_2011" / "online_retail_I.parquet"
    with warehouse.connect() as connection:
        support.empty_raw(connection)
        connection.execute(
            "create temp table lines as select *, row_number() over () + 1 as source_row, "
            "UnitPrice::decimal(18, 6) as unit_price, CustomerID::bigint::varchar as customer_id, "
            "InvoiceDate::timestamp::date as day from read_parquet(?)",
            [str(source)],
        )
        connection.execute(
            """
            insert into raw.orders by name
            select 1 as file_no, source_row, InvoiceNo as order_id, day as order_date, customer_id,
                Quantity as quantity, unit_price, StockCode as product_id, Country as region
            from lines where not starts_with(InvoiceNo, 'C')
            """
        )
        connection.execute(
            """
            insert into raw.returns by name
            select 2 as file_no, source_row, InvoiceNo as order_id, day as return_date, customer_id,
                -Quantity as quantity, -Quantity * unit_price as amount, Country as region
            from lines where starts_with(InvoiceNo, 'C')
            """
        )
        support.build(connection, as_of=AS_OF, base_currency="GBP")
        metrics.materialise(connection, {**support.PARAMETERS, "as_of": AS_OF, "base_currency": "GBP"})
        yield connection


def test_online_retail_revenue_is_the_sum_of_all_lines(retail: DuckDBPyConnection) -> None:
    (row,) = metrics.query(retail, "revenue", grain="all")
    assert row.value == Decimal("9747747.934")


def test_online_retail_gross_order_value_is_that_of_pandas(retail: DuckDBPyConnection) -> None:
    (row,) = metrics.query(retail, "gross_order_value", grain="all")
    assert (row.numerator, row.denominator, row.value) == (
        Decimal("10666684.544"),
        Decimal(19960),
        Decimal("534.403033"),
    )


def test_online_retail_november_nets_returns_on_their_date(retail: DuckDBPyConnection) -> None:
    (row,) = metrics.query(retail, "revenue", start=date(2011, 11, 1), end=date(2011, 11, 30))
    assert row.value == Decimal("1461756.25")


def test_online_retail_first_cohort_returns_as_counted_by_pandas(retail: DuckDBPyConnection) -> None:
    rows = retail.execute(
        "select cohort_size, retained_count from marts.fct_cohort_months "
        "where is_left_censored and month_no <= 2 order by month_no"
    ).fetchall()
    assert rows == [(885, 885), (885, 324), (885, 286)]


def test_online_retail_last_month_of_the_extract_is_not_complete(retail: DuckDBPyConnection) -> None:
    rows = metrics.query(retail, "revenue", start=date(2011, 11, 1))
    assert [row.is_complete for row in rows] == [True, False]
