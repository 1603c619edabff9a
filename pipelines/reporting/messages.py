"""What happened, in at most four sentences made by rule, the one with most money at stake first.

Guards: one basis of comparison a sentence; flat is called flat; a reason comes only from the driver table, and only
when the change is at least 2 % of its base and the reason's share of it at most 100 %; nothing is superlative.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pipelines.reporting import buckets, drivers, numbers, palette, phrases, words
from pipelines.reporting.drivers import Driver
from pipelines.reporting.facts import RunFacts
from pipelines.reporting.phrases import Compared
from pipelines.reporting.review import ReviewData
from pipelines.reporting.words import Text

MOST = 4
WORTH_A_REASON = Decimal("0.02")  # below this part of its base a change is noise, and a reason for it a story


@dataclass(frozen=True)
class Message:
    """One sentence, its verdict (fav, adv, neu) and the money at stake, by which messages are ordered."""

    text: Text
    verdict: str
    stake: Decimal
    key: str


def messages(data: ReviewData, run: RunFacts) -> tuple[Message, ...]:
    """Return the sentences of the lead card."""
    found = [make(data, run) for make in (_revenue, _cash, _overdue, _returned, _order_value)]
    told = [message for message in found if message is not None]
    return tuple(sorted(told, key=lambda message: (-message.stake, message.key))[:MOST])


def drivers_of(data: ReviewData) -> tuple[Driver, ...]:
    """Return why net revenue differs from last year's, as its 同比 compares them; nothing when that can't be told."""
    revenue, orders = phrases.compared(data, "revenue"), phrases.compared(data, "orders")
    customers = phrases.compared(data, "buying_customers")
    if revenue is None or orders is None or customers is None:
        return ()
    pairs = [(item.yearly.before, item.yearly.now) for item in (customers, orders, revenue)]
    if any(before is None or before.value is None or now.value is None for before, now in pairs):
        return ()
    if not all(now.is_complete and before is not None and before.is_complete for before, now in pairs):
        return ()
    old = [before.value or Decimal(0) for before, _ in pairs if before is not None]
    new = [now.value or Decimal(0) for _, now in pairs]
    if old[2] <= 0 or new[2] <= 0:  # what a negative month is made of explains nothing
        return ()
    return drivers.decompose(drivers.Basis(*old), drivers.Basis(*new))


def reasons(found: tuple[Driver, ...], base: Decimal) -> tuple[Driver, ...]:
    """Return the drivers that may be named as reasons of the change, the larger first.

    They pull the way the change went, and none of them is larger than the change itself.
    """
    change = sum((driver.effect for driver in found), Decimal(0))
    if base <= 0 or abs(change) < WORTH_A_REASON * base:
        return ()
    same_way = [driver for driver in found if driver.effect * change > 0]
    if any(abs(driver.effect) > abs(change) for driver in same_way):
        return ()
    worth = [driver for driver in same_way if abs(driver.effect) >= abs(change) / 10]
    return tuple(sorted(worth, key=lambda driver: -abs(driver.effect))[:2])


def _sentence(subject: Text, clauses: list[Text | None], item: Compared, currency: str) -> Text:
    told = [clause for clause in clauses if clause is not None]
    tail = words.text("message.clauses", clauses=words.joined(told)) if told else words.EMPTY
    mark = words.text("message.preliminary") if item.line.state == "preliminary" else words.EMPTY
    return words.rich(
        "message.figure", label=subject, value=phrases.figure(item, currency), preliminary=mark, tail=tail
    )


def _comparisons(item: Compared) -> list[Text | None]:
    month = item.before.period_start if item.before else item.now.period_start
    return [phrases.on_year(item), phrases.on_month(item.on_month, month)]


def _stake(item: Compared) -> Decimal:
    """Return how much money moved: against last year, else against last month, else the figure itself."""
    for now, base in ((item.yearly.now, item.yearly.before), (item.now, item.before)):
        if base is not None and base.value is not None:
            return abs((now.value or Decimal(0)) - base.value)
    return abs(item.now.value or Decimal(0))


def _verdict(item: Compared) -> str:
    change = item.on_year if item.on_year.size is not None else item.on_month
    return palette.verdict(change.direction, item.line.better)


def _revenue(data: ReviewData, run: RunFacts) -> Message | None:
    item = phrases.compared(data, "revenue")
    if item is None or not item.is_usable:
        return None
    clauses = _comparisons(item)
    clauses.append(_against_plan(item, run.base_currency))
    year_ago = item.yearly.before
    base = year_ago.value if year_ago and year_ago.value is not None else Decimal(0)
    named = reasons(drivers_of(data), base)
    if named:
        parts = [
            words.text(
                "message.reason",
                name=words.text(f"driver_said.{driver.name}"),
                effect=numbers.money(driver.effect, run.base_currency, signed=True),
            )
            for driver in named
        ]
        clauses.append(words.text("message.reasons", parts=words.joined(parts, "list.and")))
    verdict = _verdict(item)
    if item.plan is not None and item.now.value is not None and item.now.value < item.plan:
        verdict = "adv"
    label = phrases.label_of(data, "revenue")
    return Message(_sentence(label, clauses, item, run.base_currency), verdict, _stake(item), "revenue")


def _against_plan(item: Compared, currency: str) -> Text | None:
    change = numbers.change(item.now.value, item.plan)
    if change.ratio is None or item.plan is None or item.now.value is None:
        return None
    if change.is_flat:
        return words.text("versus.plan_flat")
    key = "versus.plan_above" if change.ratio > 0 else "versus.plan_below"
    gap = numbers.money(abs(item.now.value - item.plan), currency)
    return words.text(key, gap=gap, change=change.text)


def _cash(data: ReviewData, run: RunFacts) -> Message | None:
    item = phrases.compared(data, "collected")
    if item is None or not item.is_usable:
        return None
    clauses = _comparisons(item)
    invoiced = phrases.compared(data, "invoiced")
    if (
        invoiced is not None
        and invoiced.now.value is not None
        and invoiced.now.value > 0
        and item.now.value is not None
    ):
        clauses.append(
            words.text("message.of_invoiced", share=numbers.rate(item.now.value / invoiced.now.value))
        )
    label = phrases.label_of(data, "collected")
    return Message(
        _sentence(label, clauses, item, run.base_currency), _verdict(item), _stake(item), "collected"
    )


def _overdue(data: ReviewData, run: RunFacts) -> Message | None:
    share, amount = phrases.compared(data, "overdue_share"), phrases.compared(data, "overdue")
    if share is None or not share.is_usable or amount is None or (amount.now.value or 0) <= 0:
        return None  # nothing is late, or credits outweigh it: a share below nothing says nothing
    late = amount.now.value or Decimal(0)
    clauses = _comparisons(share)
    clauses.append(words.text("message.overdue_amount", amount=numbers.money(late, run.base_currency)))
    clauses.append(_bucket_behind(data, run))
    label = phrases.label_of(data, "overdue_share")
    change = share.on_month if share.on_month.size is not None else share.on_year
    verdict = palette.verdict(change.direction, "down")
    before = amount.before.value if amount.before and amount.before.value is not None else Decimal(0)
    return Message(
        _sentence(label, clauses, share, run.base_currency),
        verdict,
        abs(late - before),
        "overdue",
    )


def _bucket_behind(data: ReviewData, run: RunFacts) -> Text | None:
    """Name the bucket that took at least half of a rise in what is overdue and no more than all; only by due date."""
    if len(data.aging_months) < 2 or run.aging_basis != "due":
        return None
    before, now = data.aging_months[-2].amounts, data.aging_months[-1].amounts
    moves = [after - earlier for earlier, after in zip(before, now, strict=True)][1:]
    change, base = sum(moves, Decimal(0)), sum(before[1:], Decimal(0))
    largest = max(moves, default=Decimal(0))
    if base <= 0 or change < WORTH_A_REASON * base or not change / 2 <= largest <= change:
        return None
    name = buckets.labels(data.bounds, run.aging_basis)[moves.index(largest) + 1]
    return words.text(
        "message.bucket", bucket=name, amount=numbers.money(largest, run.base_currency, signed=True)
    )


def _returned(data: ReviewData, run: RunFacts) -> Message | None:
    item, revenue = phrases.compared(data, "returned_amount"), phrases.compared(data, "revenue")
    if item is None or not item.is_usable or not item.now.value or revenue is None or not revenue.now.value:
        return None
    if revenue.now.value <= 0 or item.now.value < WORTH_A_REASON * revenue.now.value:
        return None
    clauses = _comparisons(item)
    clauses.append(words.text("message.of_revenue", share=numbers.rate(item.now.value / revenue.now.value)))
    label = phrases.label_of(data, "returned_amount")
    verdict = "adv" if _verdict(item) == "adv" else "neu"
    return Message(_sentence(label, clauses, item, run.base_currency), verdict, item.now.value, "returned")


def _order_value(data: ReviewData, run: RunFacts) -> Message | None:
    item = phrases.compared(data, "order_value")
    if item is None or not item.is_usable or item.yearly.before is None or item.yearly.before.value is None:
        return None
    found = drivers_of(data)
    effect = next((driver.effect for driver in found if driver.name == "value_per_order"), None)
    change = sum((driver.effect for driver in found), Decimal(0))
    if effect is None or abs(effect) > abs(change):
        return None
    clauses = _comparisons(item)
    clauses.append(words.text("message.effect", amount=numbers.money(effect, run.base_currency, signed=True)))
    label = phrases.label_of(data, "order_value")
    return Message(
        _sentence(label, clauses, item, run.base_currency), _verdict(item), abs(effect), "order_value"
    )
