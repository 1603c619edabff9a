"""Sales and customers: the bridge to cash, the funnel, order values, cohorts and who has gone quiet."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines.reporting.reading.queries import Period, ask
from pipelines.reporting.review import BridgeStep, Cohort, FunnelStage, QuietCustomer

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_BRIDGE = {
    "booked": "total",
    "returned": "lost",
    "not_yet_invoiced": "timing",
    "under_invoiced": "timing",
    "over_invoiced": "addition",
    "without_order": "addition",
    "fx_to_invoice": "timing",
    "invoiced": "total",
    "open": "timing",
    "earlier_collected": "addition",
    "credits": "timing",
    "unapplied": "addition",
    "write_off": "lost",
    "discount": "lost",
    "bank_fee": "lost",
    "fx": "timing",
    "fx_to_payment": "timing",
    "collected": "total",
}
_STAGES = ("leads", "quoted", "ordered", "paid")


def bridge(connection: DuckDBPyConnection, period: Period) -> tuple[BridgeStep, ...]:
    """Return the steps from booked to collected of the month; nothing when one of the three is missing.

    What stayed open is told apart: the month's own invoices unpaid, and the cash on earlier ones.
    """
    amounts = {row["step"]: row["amount"] for row in ask(connection, "bridge", period.parameters())}
    if not all(amounts.get(step) for step in ("booked", "invoiced", "collected")):
        return ()
    (earlier,) = ask(connection, "earlier_collected", period.parameters())
    amounts["earlier_collected"] = earlier["amount"]
    amounts["open"] = amounts.get("open", Decimal(0)) - earlier["amount"]
    return tuple(
        BridgeStep(key, amounts[key], kind)
        for key, kind in _BRIDGE.items()
        if kind == "total" or amounts.get(key)
    )


def funnel(
    connection: DuckDBPyConnection, period: Period, month: date, month_end: date
) -> tuple[FunnelStage, ...]:
    """Return the stages of the leads of one month, beside those of the same month a year before."""
    now = ask(connection, "funnel", period.parameters(start=month, end=month_end))[0]
    year_ago = period.parameters(start=_year_before(month), end=_year_before(month_end))
    before = ask(connection, "funnel", year_ago)[0]
    stages = [stage for stage in _STAGES if stage != "quoted" or now["has_quotes"]]
    return tuple(
        FunnelStage(
            stage,
            Decimal(now[stage]),
            Decimal(before[stage]) if before["leads"] else None,
            now.get(f"{stage}_days"),
        )
        for stage in stages
    )


def _year_before(day: date) -> date:
    # 29 February has no day a year before: the month's last day then
    return (
        day.replace(year=day.year - 1, day=28)
        if (day.month, day.day) == (2, 29)
        else day.replace(year=day.year - 1)
    )


def order_medians(connection: DuckDBPyConnection, start: date, end: date) -> dict[date, tuple[Decimal, int]]:
    """Return median net amount and number of orders by month."""
    rows = ask(connection, "order_medians", {"start": start, "end": end})
    return {row["month"]: (row["median_amount"], row["orders"]) for row in rows}


def cohorts(connection: DuckDBPyConnection, period: Period) -> tuple[Cohort, ...]:
    """Return the cohorts of the last year, oldest first."""
    return tuple(
        Cohort(row["month"], int(row["size"]), tuple(row["retained"] or ()), bool(row["is_left_censored"]))
        for row in ask(connection, "cohorts", period.parameters())
    )


def quiet_customers(connection: DuckDBPyConnection, period: Period) -> tuple[QuietCustomer, ...]:
    """Return regular customers that stopped ordering, the largest first."""
    return tuple(
        QuietCustomer(
            row["customer_id"],
            row["customer_name"],
            row["trailing_revenue_amount"],
            row["days_since"],
            row["usual_days"],
        )
        for row in ask(connection, "quiet_customers", period.parameters())
    )
