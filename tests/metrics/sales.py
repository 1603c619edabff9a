"""Three months of one small company's sales, worked by hand.

Orders (net = amount): January A 100 East, A 50 West, B 30 East; February none; March A 70 East, C 200 West,
one of no customer 10 East. Cancelled: January B 40. No value: March B 0. A return of A's first order in
February: 20.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pipelines import metrics, resources
from pipelines.warehouse import models
from tests import support

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

AS_OF = date(2026, 3, 20)
JANUARY, FEBRUARY, MARCH = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)


def order(
    number: int, day: date, customer: str | None, amount: str, region: str = "East", **rest: Any
) -> dict[str, Any]:
    return {
        "order_id": f"O{number}",
        "order_date": day,
        "customer_id": customer,
        "amount": Decimal(amount),
        "region": region,
        **rest,
    }


ORDERS = [
    order(1, date(2026, 1, 5), "A", "60", product_category="Parts"),
    order(1, date(2026, 1, 5), "A", "40", product_category="Tools"),
    order(2, date(2026, 1, 31), "A", "50", "West", product_category="Parts"),
    order(3, date(2026, 1, 10), "B", "30"),
    order(4, date(2026, 1, 11), "B", "40", status="cancelled"),
    order(5, date(2026, 3, 2), "A", "70"),
    order(6, date(2026, 3, 3), "C", "200", "West"),
    order(7, date(2026, 3, 4), None, "10"),
    order(8, date(2026, 3, 5), "B", "0"),
    order(9, date(2026, 3, 21), "B", "999"),
]
RETURNS = [{"order_id": "O1", "return_date": date(2026, 2, 3), "amount": Decimal(20), "file_no": 2}]


def build(connection: DuckDBPyConnection, **parameters: Any) -> None:
    """Build every model and the metrics on the little company's exports."""
    support.empty_raw(connection)
    support.insert(connection, "raw.orders", ORDERS)
    support.insert(connection, "raw.returns", RETURNS)
    finish(connection, **parameters)


def finish(connection: DuckDBPyConnection, **parameters: Any) -> None:
    chosen = {"as_of": AS_OF, **parameters}
    support.build(connection, **chosen)
    models.create_macros(connection, resources.path("sql") / "macros")
    metrics.materialise(connection, {**support.PARAMETERS, **chosen})
