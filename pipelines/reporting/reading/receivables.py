"""Receivables: month ends, the roll-forward, what falls due, and the customers to write to or call."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pipelines.reporting.reading.queries import Period, ask
from pipelines.reporting.review import (
    AgingMonth,
    DeskItem,
    DueRow,
    ForecastWeek,
    Hold,
    IssueKind,
    OverdueCustomer,
    Reconciled,
    RollForward,
)

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_LATE_DAYS = 14  # an order two weeks past its promise
_ROLL = ("invoiced", "credited", "collected", "refunded", "written_off", "fx")
_NO_HABIT = 15  # the row of customers that no habit is known of
_ALWAYS = ("invoiced", "collected")


def aging_months(connection: DuckDBPyConnection, period: Period) -> tuple[AgingMonth, ...]:
    """Return the last 13 month ends; a month end without open items is there, with zeros."""
    count = len(period.aging_bounds) + 2
    amounts: dict[date, list[Decimal]] = {}
    overdue: dict[date, Decimal] = {}
    for row in ask(connection, "aging_months", period.parameters()):
        day = row["month_end"]
        amounts.setdefault(day, [Decimal(0)] * count)[row["bucket_no"]] += row["amount"] or Decimal(0)
        overdue[day] = overdue.get(day, Decimal(0)) + row["overdue_amount"]
    return tuple(AgingMonth(day, tuple(amounts[day]), overdue[day]) for day in sorted(amounts))


def roll_forward(connection: DuckDBPyConnection, period: Period) -> RollForward | None:
    """Return how receivables went from the end of the month before to the month's end; None without invoices."""
    (row,) = ask(connection, "roll_forward", period.parameters())
    if not any(row.values()):
        return None
    steps = tuple((key, row[key]) for key in _ROLL if key in _ALWAYS or row[key] != 0)
    return RollForward(period.start - timedelta(days=1), period.end, row["opening"], steps, row["closing"])


def due_windows(connection: DuckDBPyConnection, period: Period, name: str) -> tuple[DueRow, ...]:
    """Return the windows of `due_windows` or `uninvoiced`; nothing when all of them are empty."""
    rows = tuple(
        DueRow(row["key"], row["items"], row["amount"]) for row in ask(connection, name, period.parameters())
    )
    return rows if any(row.items for row in rows) else ()


def overdue_customers(
    connection: DuckDBPyConnection, period: Period, day: date
) -> tuple[OverdueCustomer, ...]:
    """Return the customers with anything overdue on a day, the largest first, each with its next step."""
    count = len(period.aging_bounds) + 2
    rows = ask(connection, "overdue_customers", period.parameters(day=day))
    return tuple(_overdue(row, _buckets(row["amounts"], count)) for row in rows)


def _buckets(given: list[dict[str, Any]], count: int) -> tuple[Decimal, ...]:
    amounts = [Decimal(0)] * count
    for bucket in given:
        amounts[bucket["bucket_no"]] += bucket["amount"]
    return tuple(amounts)


def _overdue(row: dict[str, Any], amounts: tuple[Decimal, ...]) -> OverdueCustomer:
    return OverdueCustomer(
        customer_id=row["customer_id"] or "",
        customer_name=row["customer_name"],
        sales_rep=row["sales_rep"],
        currency=row["currency"],
        terms_days=row["payment_terms_days"],
        amounts=amounts,
        oldest_days=row["oldest_days"],
        next_step=row["next_step"],
        owner=row["owner"],
        last_contact=row["last_contact"],
        promised_date=row["promised_date"],
        is_promise_broken=row["is_promise_broken"],
        credit_use=row["credit_use"],
        is_urgent=row["is_urgent"],
        is_important=row["is_important"],
        phone=row["phone"],
        past_due=row["overdue_amount"],
        last_method=row["last_method"],
        promises_kept=row["promises_kept"],
        promises_broken=row["promises_broken"],
        is_delivery_held=row["is_delivery_held"],
    )


def holds(connection: DuckDBPyConnection, period: Period) -> tuple[Hold, ...]:
    """Return the customers who get no more goods for now, those with most goods waiting first."""
    return tuple(
        Hold(
            customer_id=row["customer_id"],
            customer_name=row["customer_name"] or "",
            reason=row["reason"],
            step=row["step"] or "",
            balance=row["balance_amount"],
            overdue=row["overdue_amount"],
            oldest_days=row["oldest_days"],
            credit_limit=row["credit_limit"],
            credit_use=row["credit_use"],
            orders=row["waiting_order_count"],
            waiting=row["waiting_amount"],
            sales_rep=row["sales_rep"] or "",
        )
        for row in ask(connection, "delivery_holds", {})
        if not period.sales_reps or row["sales_rep"] in period.sales_reps
    )


def reconciled(connection: DuckDBPyConnection, period: Period) -> tuple[Reconciled, ...]:
    """Return each customer's account of the month under review, from opening to closing, by currency and closing."""
    rows = ask(connection, "reconciliation", period.parameters(customer=""))
    return tuple(
        Reconciled(
            customer_id=row["customer_id"],
            customer_name=row["customer_name"] or "",
            currency=row["currency"],
            opening=row["opening_amount"],
            invoiced=row["invoiced_amount"],
            credited=-row["credited_amount"],
            collected=-row["collected_amount"],
            refunded=row["refunded_amount"],
            adjusted=-row["adjusted_amount"],
            closing=row["closing_amount"],
            open=row["open_amount"],
        )
        for row in rows
    )


def desk(connection: DuckDBPyConnection, period: Period) -> tuple[DeskItem, ...]:
    """Return what the back office should do, by list and amount."""
    rows = ask(connection, "desk", period.parameters())
    known = sorted((row["amount"] for row in rows if row["amount"] is not None), reverse=True)
    # the tenth of the tasks with most money is what matters most
    important = known[len(known) // 10] if known else Decimal(0)
    return tuple(
        DeskItem(
            kind=row["kind"],
            document_id=row["document_id"] or "",
            customer_name=row["customer_name"],
            amount=row["amount"],
            currency=period.base_currency,
            due_date=row["due_date"],
            days=row["days"] or 0,
            owner=row["owner"],
            is_urgent=(row["days"] or 0) > _LATE_DAYS,
            is_important=row["amount"] is not None and row["amount"] >= important > 0,
            note=row["note"],
        )
        for row in rows
    )


def issues(connection: DuckDBPyConnection, period: Period) -> tuple[IssueKind, ...]:
    """Return what there is to look at about invoices and contracts, by kind."""
    return tuple(IssueKind(**row) for row in ask(connection, "desk_issues", period.parameters()))


def forecast(connection: DuckDBPyConnection, period: Period) -> tuple[ForecastWeek, ...]:
    """Return what is expected to come in week by week, of documents in the base currency."""
    rows = ask(connection, "cash_forecast", period.parameters(customer=""))
    return tuple(
        ForecastWeek(row["week_no"], row["week_end"], row["forecast_amount"], row["week_no"] != _NO_HABIT)
        for row in rows
        if row["currency"] == period.base_currency
    )


def forecast_errors(connection: DuckDBPyConnection, period: Period) -> tuple[Decimal, ...]:
    """Return by which share of what came in the forecasts of earlier month ends missed."""
    rows = ask(connection, "cash_forecast_errors", {})
    return tuple(
        row["error_share"]
        for row in rows
        if row["currency"] == period.base_currency and row["error_share"] is not None
    )
