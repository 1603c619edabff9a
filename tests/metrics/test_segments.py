"""Segments of an additive metric sum to its total, always: over random orders, slices, grains and filters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from pipelines import metrics, warehouse
from pipelines.metrics.definition import GRAINS
from tests import support
from tests.metrics import sales

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FIRST = date(2025, 12, 1)
DAYS = some.integers(0, 110).map(lambda days: FIRST + timedelta(days))
NAMES = some.sampled_from([None, "East", "West", "unknown"])
AMOUNTS = some.decimals(-1000, 1000, places=4)
SLICES = ("region", "channel", "sales_rep", "currency", "customer_id", "product_category")
VALUES = ("East", "West", "unknown", "A", "CNY")
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


@dataclass(frozen=True)
class _Asked:
    """A question whose segments must add up to its total."""

    grain: str
    by: tuple[str, ...]
    where: dict[str, list[str]]
    start: date | None
    end: date | None

    @property
    def names(self) -> list[str]:
        """The additive metrics that know the slices, the filters and the grain."""
        slices = {*self.by, *self.where}
        known = {name: metrics.find(name) for name in ADDITIVE}
        return [
            name
            for name, metric in known.items()
            if slices <= set(metric.dimensions) and self.grain in metric.grains
        ]


@some.composite
def _questions(draw: some.DrawFn) -> _Asked:
    days = sorted(draw(some.lists(DAYS, min_size=2, max_size=2)))
    return _Asked(
        grain=draw(some.sampled_from(sorted(GRAINS))),
        by=tuple(draw(some.lists(some.sampled_from(SLICES), min_size=1, max_size=2, unique=True))),
        where=draw(
            some.dictionaries(
                some.sampled_from(SLICES),
                some.lists(some.sampled_from(VALUES), min_size=1, max_size=2, unique=True),
                max_size=2,
            )
        ),
        start=draw(some.sampled_from([None, days[0]])),
        end=draw(some.sampled_from([None, days[1]])),
    )


@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
@given(
    orders=_orders(),
    returns=some.lists(some.tuples(some.integers(1, 9), DAYS, AMOUNTS), max_size=4),
    questions=some.lists(_questions(), min_size=6, max_size=6),
)
def test_segments_of_additive_metrics_sum_to_the_total(
    orders: list[dict[str, Any]], returns: list[tuple[int, date, Decimal]], questions: list[_Asked]
) -> None:
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
        for asked in questions:
            _require_sum(connection, asked)


def _require_sum(connection: DuckDBPyConnection, asked: _Asked) -> None:
    names = asked.names
    if not names:
        return
    told: dict[str, Any] = {
        "grain": asked.grain,
        "where": asked.where,
        "start": asked.start,
        "end": asked.end,
    }
    totals = {(row.metric, row.period_start): row.value for row in metrics.query(connection, names, **told)}
    # What lies before the first document has no value.
    sums = {place: None if value is None else Decimal(0) for place, value in totals.items()}
    for row in metrics.query(connection, names, by=asked.by, **told):
        if row.value is not None:
            sums[row.metric, row.period_start] = (sums[row.metric, row.period_start] or 0) + row.value
    assert sums == totals
