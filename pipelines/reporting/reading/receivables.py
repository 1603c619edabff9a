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
    IssueKind,
    OverdueCustomer,
    RollForward,
)

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_URGENT_DAYS = 90  # older than a quarter and left alone: every further month it is less likely to come in
_QUIET_DAYS = 14  # nobody has asked for two weeks
_FRESH_DAYS = 30  # a promise broken longer ago is no news
_IMPORTANT_SHARE = Decimal("0.02")  # a fiftieth of all that is overdue in the currency
_LATE_DAYS = 14  # an order two weeks past its promise
_ROLL = ("invoiced", "credited", "collected", "refunded", "written_off", "fx")
_NO_HABIT = 15  # the row of customers that no habit is known of
_ALWAYS = ("invoiced", "collected")


def aging_months(connection: DuckDBPyConnection, period: Period) -> tuple[AgingMonth, ...]:
    """Return the last 13 month ends; a month end without open items is there, with zeros."""
    count = len(period.aging_bounds) + 2
    amounts: dict[date, list[Decimal]] = {}
    for row in ask(connection, "aging_months", period.parameters()):
        amounts.setdefault(row["month_end"], [Decimal(0)] * count)[row["bucket_no"]] += row[
            "amount"
        ] or Decimal(0)
    return tuple(AgingMonth(day, tuple(amounts[day])) for day in sorted(amounts))


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
    rows = ask(connection, "overdue_customers", period.parameters(day=day))
    totals: dict[str, Decimal] = {}
    amounts = [_buckets(row["amounts"], len(period.aging_bounds) + 2) for row in rows]
    for row, buckets in zip(rows, amounts, strict=True):
        totals[row["currency"]] = totals.get(row["currency"], Decimal(0)) + sum(buckets[1:], Decimal(0))
    return tuple(
        _overdue(row, buckets, totals[row["currency"]], day)
        for row, buckets in zip(rows, amounts, strict=True)
    )


def _buckets(given: list[dict[str, Any]], count: int) -> tuple[Decimal, ...]:
    amounts = [Decimal(0)] * count
    for bucket in given:
        amounts[bucket["bucket_no"]] += bucket["amount"]
    return tuple(amounts)


def _overdue(row: dict[str, Any], amounts: tuple[Decimal, ...], total: Decimal, day: date) -> OverdueCustomer:
    overdue = sum(amounts[1:], Decimal(0))
    oldest = row["oldest_days"] or 0
    return OverdueCustomer(
        customer_id=row["customer_id"] or "",
        customer_name=row["customer_name"],
        sales_rep=row["sales_rep"],
        currency=row["currency"],
        terms_days=row["payment_terms_days"],
        amounts=amounts,
        oldest_days=oldest,
        next_step=row["next_step"],
        owner=row["sales_rep"],
        last_contact=row["last_contact"],
        promised_date=row["promised_date"],
        is_promise_broken=row["is_promise_broken"],
        credit_use=row["credit_use"],
        is_urgent=_is_urgent(row, oldest, day),
        is_important=total > 0 and overdue > _IMPORTANT_SHARE * total,
        phone=row["phone"],
    )


def _is_urgent(row: dict[str, Any], oldest: int, day: date) -> bool:
    """Say whether waiting costs: a promise was just broken, or an old balance has been left alone."""
    promised, contact = row["promised_date"], row["last_contact"]
    is_freshly_broken = row["is_promise_broken"] and (day - promised).days <= _FRESH_DAYS
    is_left_alone = contact is None or (day - contact).days > _QUIET_DAYS
    return is_freshly_broken or (oldest > _URGENT_DAYS and is_left_alone)


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
