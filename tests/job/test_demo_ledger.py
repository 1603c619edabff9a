"""The demo's figures equal the generator's own ledger to the cent: nothing here is computed by the pipeline twice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipelines import metrics, warehouse
from pipelines.metrics import aging
from pipelines.settings import Settings
from tests.bench.baselines import duckdb_script, pandas_script, results

if TYPE_CHECKING:
    from types import ModuleType

    from duckdb import DuckDBPyConnection

Figures = list[Mapping[str, Any]]


@pytest.mark.parametrize("script", [duckdb_script, pandas_script])
def test_demo_metrics_are_those_of_jobs_written_by_hand(demo_home: Path, script: ModuleType) -> None:
    ledger = json.loads((demo_home / "truth" / "ledger.json").read_text(encoding="utf-8"))
    by_hand = script.compute(demo_home / "exports", date.fromisoformat(ledger["as_of"]))
    assert all(by_hand[name] for name in results.RESULTS)
    assert results.differences(by_hand, results.published(demo_home)) == []


def _ledger(home: Path, table: str) -> Figures:
    truth = json.loads((home / "truth" / "ledger.json").read_text(encoding="utf-8"))
    rows: Figures = truth[table]
    assert rows, f"the ledger has no {table}"
    return rows


def _values(
    connection: DuckDBPyConnection, metric: str, grain: str = "month", by: tuple[str, ...] = ()
) -> dict[Any, Any]:
    rows = metrics.query(connection, [metric], grain=grain, by=by)
    return {(row.period_start.isoformat(), *row.segments.values()): row for row in rows}


@pytest.mark.parametrize(
    "metric",
    [
        "gross_revenue",
        "discounts",
        "returned_amount",
        "revenue",
        "cancelled_amount",
        "orders",
        "buying_customers",
    ],
)
@pytest.mark.parametrize("grain", ["month", "quarter", "year"])
def test_demo_sales_by_period_equal_the_ledger(demo_home: Path, metric: str, grain: str) -> None:
    truth = [row for row in _ledger(demo_home, "periods") if row["grain"] == grain]
    if not truth:
        pytest.fail(f"the ledger has no {grain} periods")
    with warehouse.read(demo_home) as connection:
        found = _values(connection, metric, grain)
    for row in truth:
        assert found[(row["period_start"],)].value == Decimal(row[metric]), row


@pytest.mark.parametrize("dimension", ["channel", "region", "sales_rep"])
@pytest.mark.parametrize("metric", ["revenue", "orders"])
def test_demo_segments_equal_the_ledger(demo_home: Path, metric: str, dimension: str) -> None:
    truth = [row for row in _ledger(demo_home, "segments") if row["dimension"] == dimension]
    assert truth, f"the ledger has no slices by {dimension}"
    with warehouse.read(demo_home) as connection:
        found = _values(connection, metric, by=(dimension,))
    for row in truth:
        assert found[(row["month_start"], row["segment"])].value == Decimal(row[metric]), row


def test_demo_conversion_equals_the_ledger(demo_home: Path) -> None:
    with warehouse.read(demo_home) as connection:
        found = _values(connection, "conversion")
    for row in _ledger(demo_home, "conversion"):
        cell = found[(row["period_start"],)]
        assert (cell.numerator, cell.denominator, cell.is_complete) == (
            row["converted"],
            row["leads"],
            row["is_mature"],
        ), row


def test_demo_retention_equals_the_ledger(demo_home: Path) -> None:
    with warehouse.read(demo_home) as connection:
        cells = connection.execute(
            "select cohort_month::varchar, month_no, cohort_size, retained_count from marts.fct_cohort_months "
            "where is_complete"
        ).fetchall()
    found = {(month, number): (size, retained) for month, number, size, retained in cells}
    truth = {
        (row["cohort_month"], row["month_no"]): (row["cohort_size"], row["retained_count"])
        for row in _ledger(demo_home, "retention")
        if row["retained_count"] is not None
    }
    assert found == truth


def test_demo_invoiced_and_collected_equal_the_ledger(demo_home: Path) -> None:
    months = {row["month_start"] for row in _ledger(demo_home, "money_flows")}
    with warehouse.read(demo_home) as connection:
        invoiced = _values(connection, "invoiced")
        collected = _values(connection, "collected")
    for month in months:
        rows = [row for row in _ledger(demo_home, "money_flows") if row["month_start"] == month]
        assert invoiced[(month,)].value == sum(Decimal(row["base_invoiced"]) for row in rows)
        assert collected[(month,)].value == sum(Decimal(row["base_collected"]) for row in rows)


def test_demo_aging_on_four_dates_equals_the_ledger(demo_home: Path) -> None:
    truth = _ledger(demo_home, "aging")
    questions = {(row["as_of"], row["basis"]) for row in truth}
    assert len(questions) >= 4
    with warehouse.read(demo_home) as connection:
        for as_of, basis in sorted(questions):
            rows = aging.rows(connection, date.fromisoformat(as_of), basis, Settings.aging_bounds, "currency")
            found = {
                (row.currency, row.bucket_no): (row.amount, row.item_count) for row in rows if row.item_count
            }
            expected = {
                (row["currency"], row["bucket_no"]): (Decimal(row["amount"]), row["item_count"])
                for row in truth
                if (row["as_of"], row["basis"]) == (as_of, basis) and row["item_count"]
            }
            assert found == expected, (as_of, basis)


@pytest.mark.parametrize("where", [{}, {"region": "华东"}], ids=["whole", "one region"])
def test_demo_figure_of_every_metric_is_the_sum_of_its_traced_rows(
    demo_home: Path, where: dict[str, str]
) -> None:
    month = date(2026, 8, 1)
    known = [metric for metric in metrics.catalog().values() if set(where) <= set(metric.dimensions)]
    with warehouse.read(demo_home) as connection:
        figures = metrics.query(
            connection, [metric.name for metric in known], start=month, end=date(2026, 8, 31), where=where
        )
        assert any(figure.numerator for figure in figures)
        for figure in figures:
            rows = metrics.trace(connection, figure.metric, at=month, where=where)
            assert all(row.file_name and row.source_row for row in rows)
            for side, told in (("numerator", figure.numerator), ("denominator", figure.denominator)):
                amounts = [row.amount for row in rows if row.side == side]
                if None not in amounts:  # a middle value has no sum
                    assert sum(filter(None, amounts), Decimal(0)) == (told or 0), (figure.metric, side)
