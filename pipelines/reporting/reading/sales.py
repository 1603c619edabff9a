"""Sales and customers: the bridge to cash, cohorts and who has gone quiet."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines.reporting.reading.queries import Period, ask
from pipelines.reporting.review import BridgeStep, Cohort, CustomerGroup, QuietCustomer

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


def cohorts(connection: DuckDBPyConnection, period: Period, query: str = "cohorts") -> tuple[Cohort, ...]:
    """Return the cohorts of the last year, oldest first; with the query `quarter_cohorts` those of two years."""
    return tuple(
        Cohort(row["month"], int(row["size"]), tuple(row["retained"] or ()), bool(row["is_left_censored"]))
        for row in ask(connection, query, period.parameters())
    )


def customer_groups(connection: DuckDBPyConnection) -> tuple[CustomerGroup, ...]:
    """Return the largest customers together, the ABC classes, and customers by the channel and category they prefer."""
    found = [
        CustomerGroup("top", str(row["top_count"]), row["top_count"], row["amount"], row["share"])
        for row in ask(connection, "concentration", {})
    ]
    found += [
        CustomerGroup("abc", row["abc_class"], row["customer_count"], row["amount"])
        for row in ask(connection, "abc_classes", {})
    ]
    found += [
        CustomerGroup(row["kind"], row["value"], row["customer_count"], row["amount"])
        for row in ask(connection, "preferences", {})
    ]
    return tuple(found)


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
