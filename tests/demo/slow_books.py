"""What is owed, from the exported files alone: payments applied one by one, as the published rule reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from tests.demo.slow_sales import ZERO, Row, read

BOUNDS = (30, 60, 90, 180, 365)


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
    claims, notes = read_invoices(folder)
    payments, refunds = read_payments(folder)
    pot = sorted([*notes, *payments], key=lambda each: (each.paid_date, each.key))
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


def read_invoices(folder: Path) -> tuple[dict[str, Claim], list[Money]]:
    """Return invoices by number, and credit notes; void ones are left out."""
    terms = {row["customer_id"]: int(row["payment_terms_days"] or 30) for row in read(folder, "customers")}
    claims: dict[str, Claim] = {}
    notes = []
    for row in read(folder, "invoices"):
        day, gross = date.fromisoformat(row["invoice_date"]), Decimal(row["gross_amount"])
        if row["status"] == "void":
            continue
        if row["is_credit_note"] == "true":
            notes.append(money_of(row, row["invoice_id"], day, -gross, row["original_invoice_id"]))
        elif row["due_date"]:
            claims[row["invoice_id"]] = Claim(row, date.fromisoformat(row["due_date"]), gross)
        else:
            claims[row["invoice_id"]] = Claim(row, day + timedelta(terms[row["customer_id"]]), gross)
    return claims, notes


def read_payments(folder: Path) -> tuple[list[Money], list[Row]]:
    """Return what came in, write-offs and the like included, and the refunds; failed attempts are left out."""
    rows = [row for row in read(folder, "payments") if row["status"] == "succeeded"]
    payments = []
    for row in rows:
        if row["kind"] != "refund":
            day, amount = date.fromisoformat(row["payment_date"]), Decimal(row["amount"])
            payments.append(money_of(row, row["payment_id"], day, amount, row["invoice_id"]))
    return payments, [row for row in rows if row["kind"] == "refund"]


def money_of(row: Row, key: str, day: date, amount: Decimal, invoice_id: str) -> Money:
    return Money(
        row["customer_id"], row["currency"], key, day, amount, invoice_id, is_cash="payment_id" in row
    )


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
