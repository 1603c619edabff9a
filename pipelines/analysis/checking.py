"""Tie-outs: what a notebook shows against what was published or is recomputed another way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pipelines import metrics
from pipelines.analysis.frames import from_arrow, records, told
from pipelines.errors import UsageError
from pipelines.metrics.query import MetricRow, settings_of_build

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from pandas import DataFrame

Row = dict[str, Any]
Totals = Mapping[tuple[str, date], MetricRow]
Difference = tuple[str, Decimal | None, Decimal | None]


def tie_out(connection: DuckDBPyConnection, frame: DataFrame) -> DataFrame:
    """Return the differences between a frame and the same amounts found another way: what, found, expected.

    Empty when all ties to the cent. Metrics: the slices of one that adds up against its total, and every total
    by month against the published `metrics.metric_values`. Aging: the buckets against the sum of all changes up
    to that day, per currency. Files: rows read against what became of them. Checks: those that did not pass.
    Raises UsageError for a frame of another kind.
    """
    import pyarrow as pa

    kind = frame.attrs.get("kind", "")
    if kind not in _TIES:
        raise UsageError(
            "There is nothing to tie this frame to",
            found=kind or "a frame without .attrs",
            expected="a frame of analysis.query, aging, cohorts, files or checks",
        )
    found = _TIES[kind](connection, records(frame), told(frame))
    amount = pa.decimal128(38, 6)
    columns = {
        "what": pa.array([what for what, _, _ in found], pa.string()),
        "found": pa.array([value for _, value, _ in found], amount),
        "expected": pa.array([value for _, _, value in found], amount),
    }
    return from_arrow(pa.table(columns), {"kind": "differences"})


def _metrics(connection: DuckDBPyConnection, rows: list[Row], about: Row) -> list[Difference]:
    question = about["question"]
    totals = {
        (row.metric, row.period_start): row for row in metrics.query(connection, **{**question, "by": ()})
    }
    differences = (
        _slices_that_differ(rows, totals, about) if question["by"] else _totals_that_differ(rows, totals)
    )
    is_as_published = about["as_of"] == settings_of_build(connection)["as_of"] and not question["where"]
    if question["grain"] == "month" and is_as_published and not question["start"] and not question["end"]:
        differences += _published_that_differ(connection, totals)
    return differences


def _totals_that_differ(rows: list[Row], totals: Totals) -> list[Difference]:
    return [
        (
            f"{row['metric']} {row['period_start']}",
            row["value"],
            totals[row["metric"], row["period_start"]].value,
        )
        for row in rows
        if row["value"] != totals[row["metric"], row["period_start"]].value
    ]


def _slices_that_differ(rows: list[Row], totals: Totals, about: Row) -> list[Difference]:
    """Compare numerators, which is what adds up; a metric that does not add up over slices has nothing to compare."""
    adding = {name for name, one in about["definitions"].items() if "segments" in one["additive_over"]}
    sums: dict[tuple[str, Any], Decimal] = defaultdict(Decimal)
    for row in rows:
        if row["metric"] in adding:
            sums[row["metric"], row["period_start"]] += row["numerator"] or Decimal(0)
    return [
        (f"{key[0]} {key[1]}: its slices", found, totals[key].numerator)
        for key, found in sums.items()
        if found != (totals[key].numerator or Decimal(0))
    ]


def _published_that_differ(connection: DuckDBPyConnection, totals: Totals) -> list[Difference]:
    published = {
        (name, start): value
        for name, start, value in connection.execute(
            "select metric, period_start, value from metrics.metric_values "
            "where grain = 'month' and segment_count = 0"
        ).fetchall()
    }
    return [
        (f"{name} {start}: as published", row.value, published[name, start])
        for (name, start), row in totals.items()
        if (name, start) in published and row.value != published[name, start]
    ]


def _aging(connection: DuckDBPyConnection, rows: list[Row], about: Row) -> list[Difference]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[row["currency"]] += row["amount"]
    control = dict(
        connection.execute(
            "select items.currency, sum(changes.change_amount)::decimal(18, 4) as amount "
            "from marts.receivable_changes as changes "
            "inner join marts.receivable_items as items on changes.item_id = items.item_id "
            "where changes.change_date <= $as_of group by items.currency",
            {"as_of": about["as_of"]},
        ).fetchall()
    )
    return [
        (f"receivables in {currency}", sums[currency], control.get(currency, Decimal(0)))
        for currency in sorted({*sums, *control})
        if sums[currency] != control.get(currency, Decimal(0))
    ]


def _cohorts(connection: DuckDBPyConnection, rows: list[Row], about: Row) -> list[Difference]:
    """Compare each cohort's size with the customers whose first month of buying it was."""
    del about
    control = dict(
        connection.execute(
            "select month_start, count(*) from marts.fct_customer_months where is_new group by month_start"
        ).fetchall()
    )
    sizes = {row["cohort_month"]: row["cohort_size"] for row in rows}
    return [
        (f"cohort {month}", Decimal(size), Decimal(control.get(month, 0)))
        for month, size in sizes.items()
        if size != control.get(month, 0)
    ]


def _files(connection: DuckDBPyConnection, rows: list[Row], about: Row) -> list[Difference]:
    del connection, about
    return [
        (f"{row['file_name']} {row['kind']}: rows read", Decimal(row["rows_read"]), explained)
        for row in rows
        if (explained := Decimal(row["rows_read"] - row["rows_unexplained"])) != row["rows_read"]
    ]


def _checks(connection: DuckDBPyConnection, rows: list[Row], about: Row) -> list[Difference]:
    del connection, about
    return [
        (row["check_name"], Decimal(row["difference_count"]), Decimal(0)) for row in rows if not row["passed"]
    ]


_TIES = {
    "metric": _metrics,
    "aging": _aging,
    "cohorts": _cohorts,
    "files": _files,
    "checks": _checks,
}
