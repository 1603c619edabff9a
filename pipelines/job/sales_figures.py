"""Sales figures of the pages that several metrics make together: the funnel of a month, order values by month."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines import metrics
from pipelines.job.open_items import month_end, months_back
from pipelines.reporting.review import Amendment, FunnelStage, StandingOut

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Stage: what counts it, and the median days from the lead to it.
_STAGES = {
    "leads": ("leads", ""),
    "quoted": ("quoted_leads", "days_to_quote"),
    "ordered": ("converted_leads", "days_to_order"),
    "paid": ("paid_leads", "days_to_paid"),
}
_TENTH = Decimal("0.1")
# Whose months are looked through for trends, seasons and outliers.
_NOTED = (
    "revenue",
    "orders",
    "buying_customers",
    "order_value",
    "collected",
    "returned_amount",
    "cancelled_amount",
    "on_time_rate",
)


def funnel(connection: DuckDBPyConnection, month: date) -> tuple[FunnelStage, ...]:
    """Return the stages of the leads of one month, beside those of the same month a year before.

    Quotes are a stage only where the export dates them.
    """
    now, before = _stages(connection, month), _stages(connection, months_back(month, 12))
    return tuple(
        FunnelStage(
            stage,
            now[count] or Decimal(0),
            before[count] if before["leads"] else None,
            _tenth(now.get(days)),
        )
        for stage, (count, days) in _STAGES.items()
        if stage != "quoted" or now[days] is not None
    )


def _stages(connection: DuckDBPyConnection, month: date) -> dict[str, Decimal | None]:
    names = [name for names in _STAGES.values() for name in names if name]
    rows = metrics.query(connection, names, grain="all", start=month, end=month_end(month))
    return {row.metric: row.value for row in rows}


def _tenth(days: Decimal | None) -> Decimal | None:
    return None if days is None else days.quantize(_TENTH)


def order_medians(
    connection: DuckDBPyConnection, start: date, end: date
) -> dict[date, tuple[Decimal | None, int]]:
    """Return median net amount and number of orders by month."""
    rows = metrics.query(connection, ["order_value_median", "orders"], start=start, end=end)
    medians = {row.period_start: row.value for row in rows if row.metric == "order_value_median"}
    return {
        row.period_start: (medians[row.period_start], int(row.value or 0))
        for row in rows
        if row.metric == "orders"
    }


def standing_out(connection: DuckDBPyConnection, month: date) -> tuple[StandingOut, ...]:
    """Return what stands out in the months up to the one under review."""
    known = metrics.catalog()
    rows = metrics.query(connection, _NOTED, end=month_end(month))
    return tuple(
        StandingOut(name, known[name].unit, note.kind, note.period_start, note.size)
        for name in _NOTED
        for note in metrics.notes_of(name, [row for row in rows if row.metric == name])
        if note.size is not None and note.kind != "too_few_months"
    )


def amendments(connection: DuckDBPyConnection, month: date) -> tuple[Amendment, ...]:
    """Return what was changed after confirmation in the orders of the month, the most frequent first."""
    rows = metrics.query(
        connection, "order_amendments", grain="all", by=("changed",), start=month, end=month_end(month)
    )
    found = [Amendment(row.segments["changed"], int(row.value)) for row in rows if row.value]
    return tuple(sorted(found, key=lambda each: (-each.count, each.changed)))
