"""Segments of an additive metric sum to its total, always: over random orders, slices, grains and filters."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from pipelines import metrics, warehouse
from tests import support
from tests.metrics import sales

FIRST = date(2025, 12, 1)
DAYS = some.integers(0, 110).map(lambda days: FIRST + timedelta(days))
NAMES = some.sampled_from([None, "East", "West", "unknown"])
AMOUNTS = some.decimals(-1000, 1000, places=4)
ADDITIVE = sorted(
    name
    for name, metric in metrics.catalog().items()
    if "segments" in metric.additive_over and not metric.is_ratio
)


@some.composite
def _orders(draw: some.DrawFn) -> list[dict[str, Any]]:
    return [
        {
            "order_id": f"O{draw(some.integers(1, 8))}",
            "order_date": draw(DAYS),
            "customer_id": draw(some.sampled_from([None, "A", "B", "C"])),
            "amount": draw(AMOUNTS),
            "region": draw(NAMES),
            "channel": draw(NAMES),
            "product_category": draw(NAMES),
            "status": draw(some.sampled_from([None, "completed", "cancelled", "draft"])),
            "order_discount_amount": draw(some.sampled_from([None, Decimal("0.07")])),
        }
        for _ in range(draw(some.integers(0, 12)))
    ]


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(
    orders=_orders(),
    returns=some.lists(some.tuples(some.integers(1, 9), DAYS, AMOUNTS), max_size=4),
    grain=some.sampled_from(["day", "week", "month", "retail_445", "all"]),
    slice_name=some.sampled_from(["region", "channel", "currency"]),
)
def test_segments_of_additive_metrics_sum_to_the_total(
    orders: list[dict[str, Any]], returns: list[tuple[int, date, Decimal]], grain: str, slice_name: str
) -> None:
    names = [
        name
        for name in ADDITIVE
        if slice_name in metrics.find(name).dimensions and grain in metrics.find(name).grains
    ]
    with warehouse.connect() as connection:
        support.empty_raw(connection)
        support.insert(connection, "raw.orders", orders)
        support.insert(
            connection,
            "raw.returns",
            [
                {"order_id": f"O{number}", "return_date": day, "amount": amount, "file_no": 2}
                for number, day, amount in returns
            ],
        )
        sales.finish(connection)
        totals = {
            (row.metric, row.period_start): row.value for row in metrics.query(connection, names, grain=grain)
        }
        sums = dict.fromkeys(totals, Decimal(0))
        for row in metrics.query(connection, names, grain=grain, by=[slice_name]):
            sums[row.metric, row.period_start] += row.value or Decimal(0)
    assert sums == totals
