"""A changed definition shows old and new figures side by side."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines import metrics
from pipelines.metrics import DefinitionChange
from tests.metrics import sales
from tests.metrics.sales import JANUARY

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def test_unchanged_definitions_change_nothing(connection: DuckDBPyConnection) -> None:
    sales.build(connection)
    assert metrics.changed_definitions(connection) == []


def test_changed_definitions_show_the_months_they_move(connection: DuckDBPyConnection) -> None:
    """As if the published file had been made by a definition that counted January's cancelled order as well."""
    sales.build(connection)
    for sql in (
        "update metrics.definitions set fingerprint = 'former' where metric in ('orders', 'buying_customers')",
        "update metrics.metric_values set value = 4 where metric = 'orders' and period_start = date '2026-01-01'",
        "update metrics.definitions set version = 0 where metric = 'leads'",
        "update metrics.definitions set metric = 'visits' where metric = 'csat'",
    ):
        connection.execute(sql)
    assert metrics.changed_definitions(connection) == [
        DefinitionChange("buying_customers", "recomputed", None, None, None),
        DefinitionChange("csat", "new", None, None, None),
        DefinitionChange("leads", "reworded", None, None, None),
        DefinitionChange("orders", "recomputed", JANUARY, Decimal(4), Decimal(3)),
        DefinitionChange("visits", "gone", None, None, None),
    ]
