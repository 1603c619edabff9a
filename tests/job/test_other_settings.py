"""The main job on the two months with every setting of figures other than its default, all at once.

Months close on the 20th, the fiscal year begins in April, debts are aged from the invoice date in two buckets, and
payment P2, 100 on February 25, stays unapplied, as it names nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pipelines import job, metrics, warehouse
from pipelines.job import review_data
from pipelines.metrics import aging
from pipelines.reporting import RunFacts
from pipelines.settings import Settings
from tests.operations.home import TABLES, Quiet, request_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


LAST = date(2026, 2, 28)
OTHER = Settings(
    as_of=LAST,
    month_close_day=20,
    fiscal_start=4,
    aging_basis="invoice",
    aging_bounds=(10,),
    cash_application="named_only",
)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBPyConnection]:
    home = tmp_path_factory.mktemp("other")
    request = replace(request_of(home, *TABLES), settings=replace(OTHER, home=home))
    assert job.run_direct(request, Quiet()).status == "published"
    with warehouse.read(home) as connection:
        yield connection


def test_figures_by_closing_month_and_fiscal_year_are_those_worked_by_hand(
    published: DuckDBPyConnection,
) -> None:
    """O2 of January 20 is still in its closing month: 245 + 125, then 300 - 50; together in the year from April."""
    rows = metrics.query(published, "revenue", grain="closing_month")
    assert [(row.period_start, row.value, row.is_complete) for row in rows] == [
        (date(2025, 12, 21), Decimal(370), True),
        (date(2026, 1, 21), Decimal(250), True),
        (date(2026, 2, 21), Decimal(0), False),
    ]
    (year,) = metrics.query(published, "revenue", grain="fiscal_year")
    assert (year.period_start, year.value, year.is_complete) == (date(2025, 4, 1), Decimal(620), False)


def test_balances_by_closing_and_natural_month_are_those_worked_by_hand(
    published: DuckDBPyConnection,
) -> None:
    """I1 276.85 until January 31; I2 141.25 from the 21st; I4 339 from February 10; less P2's 100 in the end."""
    closing = metrics.query(published, "receivables", grain="closing_month")
    assert [row.value for row in closing] == [Decimal("276.85"), Decimal("480.25"), Decimal("380.25")]
    assert [row.value for row in metrics.query(published, "receivables")] == [
        Decimal("141.25"),
        Decimal("380.25"),
    ]


def test_aging_from_the_invoice_date_shows_what_names_nothing_apart(published: DuckDBPyConnection) -> None:
    """On February 28: I2 of January 21 and I4 of February 10 are older than 10 days, P2 is 3 days old."""
    rows = aging.rows(published, LAST, "invoice", (10,), "customer")
    assert {(row.slice, row.bucket): row.amount for row in rows} == {
        ("C1", ">10"): Decimal(339),
        ("C2", "0-10"): Decimal(-100),
        ("C2", ">10"): Decimal("141.25"),
    }


def test_review_of_natural_months_ties_out_though_months_close_on_the_20th(
    published: DuckDBPyConnection,
) -> None:
    """January 31: I2, 10 days old; February 28: I2 and I4 older, less P2."""
    data, _ = review_data.read(published, RunFacts("run", LAST, "CNY", "", LAST, LAST), OTHER)
    assert [(month.month_end, month.amounts) for month in data.aging_months] == [
        (date(2026, 1, 31), (Decimal(0), Decimal("141.25"), Decimal(0))),
        (date(2026, 2, 28), (Decimal(0), Decimal(-100), Decimal("480.25"))),
    ]
    assert {tie.difference for tie in data.tie_outs} == {Decimal(0)}
