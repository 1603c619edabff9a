"""What the pages show of the data badge that validation reads from `ops`."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines import validation
from pipelines.reporting import Badge, RunFacts

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def read(connection: DuckDBPyConnection, run: RunFacts) -> tuple[Badge, tuple[str, ...]]:
    """Return a run's badge, of the money in quarantine what is in the base currency; and the metrics in doubt."""
    told = validation.badge(connection, run.run_id)
    amounts = told.quarantined_amounts
    shown = Badge(
        status=told.state,
        checks=told.checks,
        passed=told.passed,
        warned=told.warned,
        failed=told.failed,
        rows_read=told.rows_read,
        rows_quarantined=told.rows_quarantined,
        quarantined_share=told.quarantined_share,
        amount=amounts.get(run.base_currency, Decimal(0)) + amounts.get("", Decimal(0)),
    )
    return shown, told.doubtful_metrics
