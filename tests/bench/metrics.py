"""Time the headline metrics by month and three dimensions against hand-written SQL: `python -m tests.bench.metrics`.

`--home` is a published HOME; `--times 10` copies its facts ten times under new numbers first, to ask ten times the
lines. Both answers are fetched whole and must be equal; the metrics' empty cells, which SQL by hand does not make, are
left out of that.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import metrics, warehouse

if TYPE_CHECKING:
    from collections.abc import Callable

    from duckdb import DuckDBPyConnection

DIMENSIONS = ("region", "channel", "sales_rep")
NAMES = (
    "revenue",
    "gross_revenue",
    "discounts",
    "returned_amount",
    "cancelled_amount",
    "orders",
    "order_value",
    "buying_customers",
    "customer_spend",
    "conversion",
)
# Facts by the columns that name their things; customers are others in every copy.
COPIED = {
    "fct_order_lines": ("order_id", "customer_id"),
    "fct_orders": ("order_id", "customer_id"),
    "fct_returns": ("return_id", "order_id", "customer_id"),
    "fct_leads": ("lead_id", "customer_id"),
}

BY_HAND = """
with
lines as (
    select
        date_trunc('month', order_date)::date as month, region, channel, sales_rep,
        sum(base_net_amount) filter (where is_valid) as booked,
        sum(base_net_amount) filter (where is_valid and customer_id is not null) as booked_known,
        sum(base_net_amount + base_discount_amount) filter (where is_valid) as gross,
        sum(base_discount_amount) filter (where is_valid) as discounts,
        sum(base_net_amount) filter (where is_cancelled) as cancelled
    from marts.fct_order_lines
    where order_date <= $as_of
    group by all
),
returns as (
    select
        date_trunc('month', return_date)::date as month, region, channel, sales_rep,
        sum(base_amount) as returned,
        sum(base_amount) filter (where customer_id is not null) as returned_known
    from marts.fct_returns
    where return_date <= $as_of
    group by all
),
orders as (
    select
        date_trunc('month', order_date)::date as month, region, channel, sales_rep,
        count(*) as orders,
        count(distinct customer_id) as customers
    from marts.fct_orders
    where is_valid and has_value and order_date <= $as_of
    group by all
),
leads as (
    select
        date_trunc('month', created_date)::date as month, region, channel, sales_rep,
        count(*) filter (where is_converted) as converted,
        count(*) as leads
    from marts.fct_leads
    where created_date <= $as_of
    group by all
)
select
    month, region, channel, sales_rep,
    coalesce(booked, 0) - coalesce(returned, 0) as revenue,
    coalesce(gross, 0) as gross_revenue,
    coalesce(discounts, 0) as discounts,
    coalesce(returned, 0) as returned_amount,
    coalesce(cancelled, 0) as cancelled_amount,
    coalesce(orders, 0) as orders,
    coalesce(booked, 0) - coalesce(returned, 0) as order_value,
    coalesce(customers, 0) as buying_customers,
    coalesce(booked_known, 0) - coalesce(returned_known, 0) as customer_spend,
    coalesce(converted, 0) as conversion
from lines
full join returns using (month, region, channel, sales_rep)
full join orders using (month, region, channel, sales_rep)
full join leads using (month, region, channel, sales_rep)
order by all
"""
Cells = dict[tuple[Any, ...], Decimal]


def copied(home: Path, times: int, target: Path) -> DuckDBPyConnection:
    """Return a database of the home's tables, its facts copied `times` times."""
    connection = warehouse.connect(target)
    source = (home / "warehouse.duckdb").resolve()
    connection.execute(
        f"attach '{source}' as published (read_only); create schema marts; create schema metrics"
    )
    connection.execute("create table metrics.build_settings as from published.metrics.build_settings")
    for table in ("dim_dates", "dim_customers"):
        connection.execute(f"create table marts.{table} as from published.marts.{table}")
    for table, keys in COPIED.items():
        renamed = ", ".join(f"{key} || '-' || copy_no as {key}" for key in keys)
        connection.execute(
            f"create table marts.{table} as select * replace ({renamed}) "
            f"from published.marts.{table} cross join range({times}) as copies (copy_no)"
        )
    return connection


def ask_metrics(connection: DuckDBPyConnection) -> Cells:
    """Return the numerator of each cell, as the metrics answer."""
    rows = metrics.query(connection, NAMES, by=DIMENSIONS)
    return {
        (row.metric, row.period_start, *row.segments.values()): row.numerator
        for row in rows
        if row.numerator is not None and row.numerator
    }


def ask_by_hand(connection: DuckDBPyConnection) -> Cells:
    """Return the same cells from SQL written for these tables alone."""
    as_of = metrics.settings_of_build(connection)["as_of"]
    found = connection.execute(BY_HAND, {"as_of": as_of}).fetchall()
    return {
        (name, *row[:4]): Decimal(value)
        for row in found
        for name, value in zip(NAMES, row[4:], strict=True)
        if value
    }


def timed(
    ask: Callable[[DuckDBPyConnection], Cells], connection: DuckDBPyConnection
) -> tuple[float, float, Cells]:
    """Return wall and processor seconds, and the cells."""
    begin, cpu = time.perf_counter(), time.process_time()
    cells = ask(connection)
    return time.perf_counter() - begin, time.process_time() - cpu, cells


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def main() -> int:
    """Print both times and their ratio; fail when the answers differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--turns", type=int, default=3)
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        copied(asked.home, asked.times, Path(folder) / "facts.duckdb") as connection,
    ):
        (lines,) = connection.execute("select count(*) from marts.fct_order_lines").fetchone() or (0,)
        _say(f"{lines:,} order lines, {len(NAMES)} metrics by month, {', '.join(DIMENSIONS)}")
        for turn in range(1, asked.turns + 1):
            by_hand, ours = timed(ask_by_hand, connection), timed(ask_metrics, connection)
            if by_hand[2] != ours[2]:
                _say("the answers differ")
                return 1
            _say(
                f"turn {turn}: by hand {by_hand[0]:.2f} s ({by_hand[1]:.2f} CPU), metrics {ours[0]:.2f} s "
                f"({ours[1]:.2f} CPU): {ours[0] / by_hand[0]:.2f} x wall, {ours[1] / by_hand[1]:.2f} x CPU, "
                f"{len(ours[2]):,} cells"
            )
    _say(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
