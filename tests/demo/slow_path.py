"""The ledger's figures again, from the exported files alone: row by row, with Decimal, as the published rules read."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

Row = dict[str, str]
ZERO = Decimal(0)
BOUNDS = (30, 60, 90, 180, 365)


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


@dataclass
class Claim:
    """An invoice with what was applied to it: (effective date, amount)."""

    row: Row
    due_date: date
    amount: Decimal
    applied: list[tuple[date, Decimal]] = field(default_factory=list)

    @property
    def invoice_date(self) -> date:
        return date.fromisoformat(self.row["invoice_date"])

    @property
    def open_amount(self) -> Decimal:
        return self.amount - sum((amount for _, amount in self.applied), ZERO)


@dataclass
class Money:
    """A payment line or credit note in the customer's favour, with what was applied of it."""

    customer_id: str
    currency: str
    key: str
    paid_date: date
    amount: Decimal
    invoice_id: str
    is_cash: bool
    used: list[tuple[date, Decimal]] = field(default_factory=list)

    @property
    def rest(self) -> Decimal:
        return self.amount - sum((amount for _, amount in self.used), ZERO)


def apply(money: Money, claim: Claim) -> None:
    amount = min(money.rest, claim.open_amount)
    if amount > 0:
        effective = max(money.paid_date, claim.invoice_date)
        money.used.append((effective, amount))
        claim.applied.append((effective, amount))


def apply_exact(money: Money, claims: list[Claim]) -> None:
    fitting = [claim for claim in claims if claim.open_amount == money.rest]
    if len(fitting) == 1:
        apply(money, fitting[0])


def apply_unnamed(pot: list[Money], claims: list[Claim], *, payment_by_payment: bool) -> None:
    """Exact amount, then oldest first: for each payment in turn, or each rule for all payments in turn."""
    oldest = sorted(claims, key=lambda claim: (claim.invoice_date, claim.due_date, claim.row["invoice_id"]))
    for money in pot:
        apply_exact(money, claims)
        if payment_by_payment:
            for claim in oldest:
                apply(money, claim)
    for money in pot:
        for claim in oldest:
            apply(money, claim)


@dataclass
class Books:
    claims: dict[str, Claim]
    money: list[Money]
    instalments: dict[str, list[tuple[date, Decimal]]]


def keep_books(folder: Path, *, payment_by_payment: bool) -> Books:
    """Apply credit notes and payments by the published rule."""
    terms = {row["customer_id"]: int(row["payment_terms_days"] or 30) for row in read(folder, "customers")}
    claims: dict[str, Claim] = {}
    pot: list[Money] = []
    refunds: list[Row] = []
    for row in read(folder, "invoices"):
        if row["status"] == "void":
            continue
        day = date.fromisoformat(row["invoice_date"])
        gross = Decimal(row["gross_amount"])
        if row["is_credit_note"] == "true":
            named = row["original_invoice_id"]
            pot.append(Money(row["customer_id"], row["currency"], row["invoice_id"], day, -gross, named, False))
        else:
            due = date.fromisoformat(row["due_date"]) if row["due_date"] else day + timedelta(terms[row["customer_id"]])
            claims[row["invoice_id"]] = Claim(row, due, gross)
    for row in read(folder, "payments"):
        if row["status"] != "succeeded":
            continue
        if row["kind"] == "refund":
            refunds.append(row)
            continue
        day = date.fromisoformat(row["payment_date"])
        amount, named = Decimal(row["amount"]), row["invoice_id"]
        pot.append(Money(row["customer_id"], row["currency"], row["payment_id"], day, amount, named, True))
    pot.sort(key=lambda each: (each.paid_date, each.key))
    for money in pot:
        if money.invoice_id:
            apply(money, claims[money.invoice_id])
    by_customer: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims.values():
        by_customer[claim.row["customer_id"]].append(claim)
    for customer, owed in by_customer.items():
        unnamed = [each for each in pot if each.customer_id == customer and not each.invoice_id]
        apply_unnamed(unnamed, owed, payment_by_payment=payment_by_payment)
    for refund in refunds:
        take_back(refund, pot)
    schedule: dict[str, list[tuple[date, Decimal]]] = defaultdict(list)
    for row in read(folder, "instalments"):
        schedule[row["invoice_id"]].append((date.fromisoformat(row["due_date"]), Decimal(row["amount"])))
    return Books(claims, pot, schedule)


def take_back(refund: Row, pot: list[Money]) -> None:
    """Set a refund against the customer's unapplied money, oldest first."""
    left = -Decimal(refund["amount"])
    for money in pot:
        if money.customer_id == refund["customer_id"] and money.is_cash and money.rest > 0:
            amount = min(left, money.rest)
            money.used.append((max(money.paid_date, date.fromisoformat(refund["payment_date"])), amount))
            left -= amount
    assert left == 0, f"a refund of more than was overpaid: {refund}"


def until(entries: Iterable[tuple[date, Decimal]], as_of: date) -> Decimal:
    return sum((amount for day, amount in entries if day <= as_of), ZERO)


def open_items(books: Books, as_of: date) -> list[tuple[str, str, date, date, Decimal]]:
    """Return (customer, currency, due or own date, document date, open amount) of each item open on the day."""
    items = []
    for key, claim in books.claims.items():
        if claim.invoice_date > as_of:
            continue
        paid = until(claim.applied, as_of)
        for due, amount in books.instalments.get(key) or [(claim.due_date, claim.amount)]:
            covered = min(paid, amount)
            paid -= covered
            row = claim.row
            items.append((row["customer_id"], row["currency"], due, claim.invoice_date, amount - covered))
    for money in books.money:
        if money.paid_date <= as_of:
            rest = money.amount - until(money.used, as_of)
            items.append((money.customer_id, money.currency, money.paid_date, money.paid_date, -rest))
    return [item for item in items if item[4]]


def bucket_no(age: int, basis: str) -> int:
    if age <= 0 and basis == "due":
        return 0
    return next((number for number, bound in enumerate(BOUNDS, 1) if age <= bound), 6)


def aging(books: Books, as_of: date, basis: str) -> dict[tuple[str, int], tuple[Decimal, int]]:
    """Return (currency, bucket) -> amount, items."""
    cells: dict[tuple[str, int], tuple[Decimal, int]] = {}
    for _, currency, due, document, amount in open_items(books, as_of):
        age = (as_of - (due if basis == "due" else document)).days
        key = (currency, bucket_no(age, basis))
        total, count = cells.get(key, (ZERO, 0))
        cells[key] = (total + amount, count + 1)
    return cells


def balances(books: Books, as_of: date) -> dict[str, Decimal]:
    totals: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for customer, _, _, _, amount in open_items(books, as_of):
        totals[customer] += amount
    return {customer: total for customer, total in totals.items() if total}
