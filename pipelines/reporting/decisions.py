"""What needs a decision: at most three, each with an amount, an owner and a date, made by rule."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pipelines.reporting import numbers, periods, words
from pipelines.reporting.facts import RunFacts
from pipelines.reporting.review import OverdueCustomer, ReviewData
from pipelines.reporting.words import Text

MOST = 3
_LARGEST = 5  # so many customers can be agreed with one by one within a week
_OLD_DAYS = 180  # from here on a balance seldom comes in by itself
_DAYS = {"largest": 6, "old": 10, "quiet": 15, "uninvoiced": 5, "quarantine": 3, "late_orders": 4}


@dataclass(frozen=True)
class Decision:
    """One decision to take: the sentence, who takes it and by when, and the amount it is about."""

    text: Text
    who: Text
    amount: Decimal
    key: str


def decisions(data: ReviewData, run: RunFacts) -> tuple[Decision, ...]:
    """Return the decisions of the lead card, the one about most money first."""
    found = [make(data, run) for make in (_largest, _old, _quiet, _uninvoiced, _quarantine, _late_orders)]
    wanted = [decision for decision in found if decision is not None and decision.amount > 0]
    return tuple(sorted(wanted, key=lambda decision: (-decision.amount, decision.key))[:MOST])


def _decision(run: RunFacts, key: str, amount: Decimal, text: Text) -> Decision:
    by = periods.workday_after(run.as_of, _DAYS[key])
    owner = words.text(f"decision.owner.{key}")
    who = words.text("decision.who", owner=owner, date=periods.short_day(by))
    return Decision(text, who, amount, key)


def in_base(data: ReviewData, run: RunFacts) -> list[OverdueCustomer]:
    """Return the overdue customers of the base currency: amounts of two currencies are never added."""
    open_items = data.closing
    return [row for row in open_items.overdue if row.currency == run.base_currency] if open_items else []


def _largest(data: ReviewData, run: RunFacts) -> Decision | None:
    rows = sorted(in_base(data, run), key=lambda row: (-row.overdue, row.customer_id))
    rows = [row for row in rows if row.overdue > 0]
    total = sum((row.overdue for row in rows), Decimal(0))
    first = rows[:_LARGEST]
    amount = sum((row.overdue for row in first), Decimal(0))
    if not first:
        return None
    if len(first) == len(rows):
        text = words.text(
            "decision.all_overdue", len(first), n=len(first), amount=numbers.money(amount, run.base_currency)
        )
    else:
        text = words.text(
            "decision.largest",
            len(first),
            n=len(first),
            amount=numbers.money(amount, run.base_currency),
            share=numbers.rate(amount / total, 0),
        )
    return _decision(run, "largest", amount, text)


def _old(data: ReviewData, run: RunFacts) -> Decision | None:
    old_buckets = [number + 2 for number, bound in enumerate(data.bounds) if bound >= _OLD_DAYS]
    from_days = next((bound for bound in data.bounds if bound >= _OLD_DAYS), None)
    if from_days is None or run.aging_basis != "due":  # buckets by invoice date do not tell what is late
        return None
    owed = [(row, _owed(row, old_buckets)) for row in in_base(data, run)]
    owed = [(row, amount) for row, amount in owed if amount > 0]
    amount = sum((amount for _, amount in owed), Decimal(0))
    customers = len({row.customer_id for row, _ in owed})
    text = words.text(
        "decision.old",
        customers,
        n=customers,
        days=from_days,
        amount=numbers.money(amount, run.base_currency),
    )
    return _decision(run, "old", amount, text)


def _owed(row: OverdueCustomer, numbers_of_buckets: list[int]) -> Decimal:
    return sum(
        (row.amounts[number] for number in numbers_of_buckets if number < len(row.amounts)), Decimal(0)
    )


def _quiet(data: ReviewData, run: RunFacts) -> Decision | None:
    rows = data.quiet_customers
    amount = sum((row.trailing_amount for row in rows), Decimal(0))
    text = words.text(
        "decision.quiet", len(rows), n=len(rows), amount=numbers.money(amount, run.base_currency)
    )
    return _decision(run, "quiet", amount, text)


def _uninvoiced(data: ReviewData, run: RunFacts) -> Decision | None:
    late = [row for row in data.uninvoiced if row.key == "over_30"]
    amount = sum((row.amount for row in late), Decimal(0))
    orders = sum(row.items for row in late)
    text = words.text(
        "decision.uninvoiced", orders, n=orders, amount=numbers.money(amount, run.base_currency)
    )
    return _decision(run, "uninvoiced", amount, text)


def _quarantine(data: ReviewData, run: RunFacts) -> Decision | None:
    amount = sum((row.amount for row in data.quarantine), Decimal(0))
    rows = sum(row.rows for row in data.quarantine)
    text = words.text("decision.quarantine", rows, n=rows, amount=numbers.money(amount, run.base_currency))
    return _decision(run, "quarantine", amount, text)


def _late_orders(data: ReviewData, run: RunFacts) -> Decision | None:
    late = [item for item in data.desk if item.kind == "late_order" and item.currency == run.base_currency]
    amount = sum((item.amount or Decimal(0) for item in late), Decimal(0))
    text = words.text(
        "decision.late_orders", len(late), n=len(late), amount=numbers.money(amount, run.base_currency)
    )
    return _decision(run, "late_orders", amount, text)
