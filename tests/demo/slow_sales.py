"""What was sold, from the exported files alone: row by row, with Decimal, as the published rules read."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

Row = dict[str, str]
ZERO = Decimal(0)


def read(folder: Path, kind: str) -> list[Row]:
    with (folder / f"{kind}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def month_of(text: str) -> str:
    return text[:7] + "-01"


@dataclass
class Order:
    order_id: str
    order_date: str
    customer_id: str
    status: str
    rate: Decimal
    segments: Row
    gross: Decimal = ZERO
    line_discount: Decimal = ZERO
    order_discount: Decimal = ZERO

    @property
    def is_valid(self) -> bool:
        return self.status not in {"draft", "cancelled"}

    @property
    def net(self) -> Decimal:
        return self.gross - self.line_discount - self.order_discount


def rates(folder: Path) -> dict[str, Decimal]:
    return {month_of(row["rate_date"]): Decimal(row["rate"]) for row in read(folder, "fx_rates")}


def orders(folder: Path) -> dict[str, Order]:
    rate_of = rates(folder)
    found: dict[str, Order] = {}
    for row in read(folder, "orders"):
        rate = rate_of[month_of(row["order_date"])] if row["currency"] == "USD" else Decimal(1)
        order = found.setdefault(
            row["order_id"],
            Order(row["order_id"], row["order_date"], row["customer_id"], row["status"], rate, row),
        )
        order.gross += Decimal(row["quantity"]) * Decimal(row["unit_price"])
        order.line_discount += Decimal(row["discount_amount"])
        order.order_discount = Decimal(row["order_discount_amount"] or 0)
    return found


def monthly_sales(folder: Path) -> dict[str, dict[str, Decimal | int]]:
    """Return month -> the ledger's columns, in base currency."""
    by_id = orders(folder)
    months: dict[str, dict[str, Decimal | int]] = {}
    buyers: dict[str, set[str]] = defaultdict(set)
    names = ("gross_revenue", "discounts", "returned_amount", "revenue", "cancelled_amount")

    def at(text: str) -> dict[str, Decimal | int]:
        counts = dict.fromkeys(("cancelled_orders", "orders", "zero_value_orders", "buying_customers"), 0)
        return months.setdefault(month_of(text), {**dict.fromkeys(names, ZERO), **counts})

    for order in by_id.values():
        cell = at(order.order_date)
        if order.status == "cancelled":
            cell["cancelled_amount"] += order.net * order.rate
            cell["cancelled_orders"] += 1
        if order.is_valid:
            cell["gross_revenue"] += order.gross * order.rate
            cell["discounts"] += (order.line_discount + order.order_discount) * order.rate
            cell["revenue"] += order.net * order.rate
            cell["orders" if order.net > 0 else "zero_value_orders"] += 1
            buyers[month_of(order.order_date)].add(order.customer_id)
    for row in read(folder, "returns"):
        cell = at(row["return_date"])
        amount = Decimal(row["amount"]) * by_id[row["order_id"]].rate
        cell["returned_amount"] += amount
        cell["revenue"] -= amount
    for month, customers in buyers.items():
        months[month]["buying_customers"] = len(customers)
    return months


def first_orders(folder: Path) -> dict[str, Order]:
    first: dict[str, Order] = {}
    for order in sorted(orders(folder).values(), key=lambda each: (each.order_date, each.order_id)):
        if order.is_valid:
            first.setdefault(order.customer_id, order)
    return first


def conversion(folder: Path, window_days: int) -> dict[str, tuple[int, int, int]]:
    """Return month -> leads, converted, leads of customers who already bought."""
    first = first_orders(folder)
    leads = read(folder, "leads")
    nearest: dict[str, Row] = {}
    for lead in leads:
        order = first.get(lead["customer_id"])
        if order and lead["created_date"] <= order.order_date:
            best = nearest.get(lead["customer_id"])
            if best is None or lead["created_date"] > best["created_date"]:
                nearest[lead["customer_id"]] = lead
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for lead in leads:
        cell = counts[month_of(lead["created_date"])]
        cell[0] += 1
        order = first.get(lead["customer_id"])
        if order is None:
            continue
        days = (date.fromisoformat(order.order_date) - date.fromisoformat(lead["created_date"])).days
        cell[1] += nearest.get(lead["customer_id"]) is lead and days < window_days
        cell[2] += days < 0
    return {month: (cell[0], cell[1], cell[2]) for month, cell in counts.items()}


def retention(folder: Path) -> dict[tuple[str, str], tuple[int, int]]:
    """Return (cohort month, active month) -> cohort size, customers of it active in that month."""
    active: dict[str, set[str]] = defaultdict(set)
    for order in orders(folder).values():
        if order.is_valid:
            active[order.customer_id].add(month_of(order.order_date))
    sizes: dict[str, int] = defaultdict(int)
    cells: dict[tuple[str, str], int] = defaultdict(int)
    for months in active.values():
        cohort = min(months)
        sizes[cohort] += 1
        for month in months:
            cells[cohort, month] += 1
    return {(cohort, month): (sizes[cohort], count) for (cohort, month), count in cells.items()}
