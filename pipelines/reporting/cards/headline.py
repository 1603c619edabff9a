"""The six figures at the top of the monthly review."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from pipelines.reporting import numbers, palette, periods, phrases, svg_spark, words
from pipelines.reporting.facts import RunFacts
from pipelines.reporting.numbers import Change, Parts
from pipelines.reporting.phrases import Compared
from pipelines.reporting.review import ReviewData
from pipelines.reporting.words import EMPTY, Text

NAMES = ("revenue", "collected", "customer_spend", "conversion", "retention", "overdue_share")
SMALL_SAMPLE = 30  # a rate on fewer is shown as a dash with its n
_NUMERALS = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


@dataclass(frozen=True)
class Move:
    """One comparison on a figure: its name, arrow, verdict and text."""

    name: Text
    arrow: str
    verdict: str
    text: Text


@dataclass(frozen=True)
class Kpi:
    """One figure: name, number of its definition, value, comparisons, sparkline, caption and flag."""

    key: str
    label: Text
    numeral: str
    parts: Parts
    moves: tuple[Move, ...]
    spark: str
    caption: Text
    flag: Text = EMPTY
    hint: Text = EMPTY


def numeral(index: int) -> str:
    """Return the mark of the nth definition, from 0."""
    return _NUMERALS[index] if index < len(_NUMERALS) else f"({index + 1})"


def kpis(data: ReviewData, run: RunFacts) -> tuple[Kpi, ...]:
    """Return the cards in their fixed order; a metric without figures keeps its card with a dash."""
    return tuple(_kpi(data, run, name) for name in NAMES)


def _kpi(data: ReviewData, run: RunFacts, name: str) -> Kpi:
    label = phrases.label_of(data, name)
    order = [definition.name for definition in data.definitions]
    mark = numeral(order.index(name)) if name in order else ""
    item = phrases.compared(data, name)
    if item is None or item.line.state in {"empty", "unavailable"}:
        state = item.line.state if item else "empty"
        note = item.line.note if item and item.line.note else words.text(f"kpi.{state}.{name}")
        dash = Parts(EMPTY, numbers.NONE, EMPTY)
        return Kpi(name, label, mark, dash, (), "", note, words.text(f"state.{state}"), note)
    is_small = item.line.state == "small_sample" or is_small_sample(item)
    moves: tuple[Move, ...] = ()
    if not is_small:
        moves = (
            _move(phrases.year_name(item.yearly), item.on_year, item, run),
            _move(words.text("versus.month_short"), item.on_month, item, run),
        )
    if is_small:
        caption = words.text("kpi.small_sample", n=numbers.count(item.now.denominator or Decimal(0)))
        return Kpi(name, label, mark, Parts(EMPTY, numbers.NONE, EMPTY), (), "", caption)
    flag = words.text(f"state.{item.line.state}") if item.line.state in {"preliminary", "noted"} else EMPTY
    values = tuple(None if p.value is None else float(p.value) for p in item.line.history)
    parts = _parts(item, run.base_currency)
    hint = item.line.note or EMPTY
    return Kpi(
        name, label, mark, parts, moves, svg_spark.spark(values), _caption(data, run, item), flag, hint
    )


def is_small_sample(item: Compared) -> bool:
    """Whether a rate counts so few that its percentage would mislead. A share of money has no such base."""
    counted = item.line.unit == "rate" and item.line.name != "overdue_share"
    return counted and item.now.denominator is not None and 0 < item.now.denominator < SMALL_SAMPLE


def _parts(item: Compared, currency: str) -> Parts:
    if item.line.unit == "rate":
        return numbers.rate_parts(item.now.value)
    if item.line.unit == "money":
        return numbers.money_parts(item.now.value, currency)
    text = numbers.NONE if item.now.value is None else numbers.count(item.now.value)
    return Parts(EMPTY, text, EMPTY)


def _move(name: Text, change: Change, item: Compared, run: RunFacts) -> Move:
    arrow = {1: "▲", -1: "▼", 0: "■"}[change.direction] if change.size is not None else ""
    verdict = palette.verdict(change.direction, item.line.better, is_red_up=run.cn_red_up)
    return Move(name, arrow, verdict, change.text)


def _caption(data: ReviewData, run: RunFacts, item: Compared) -> Text:
    """Return the line below the sparkline: what the figure rests on."""
    rests_on: dict[str, Callable[[ReviewData, RunFacts, Compared], Text]] = {
        "revenue": _of_plan,
        "collected": _of_invoiced,
        "customer_spend": _per_order,
        "conversion": _counted,
        "retention": _counted,
        "overdue_share": _overdue,
    }
    return rests_on[item.line.name](data, run, item)


def _known(data: ReviewData, name: str) -> Decimal | None:
    item = phrases.compared(data, name)
    return item.now.value if item else None


def _of_plan(data: ReviewData, _run: RunFacts, item: Compared) -> Text:
    if item.plan is not None and item.plan > 0 and item.now.value is not None:
        return words.text("kpi.of_plan", share=numbers.rate(item.now.value / item.plan))
    orders = _known(data, "orders")
    return EMPTY if orders is None else words.text("kpi.orders", int(orders), n=numbers.count(orders))


def _of_invoiced(data: ReviewData, _run: RunFacts, item: Compared) -> Text:
    invoiced = _known(data, "invoiced")
    if invoiced is None or invoiced <= 0 or item.now.value is None:
        return EMPTY
    return words.text("kpi.of_invoiced", share=numbers.rate(item.now.value / invoiced))


def _per_order(data: ReviewData, run: RunFacts, _item: Compared) -> Text:
    orders = _known(data, "orders")
    if orders is None:
        return EMPTY
    each = numbers.money(_known(data, "order_value"), run.base_currency)
    return words.text("kpi.per_order", int(orders), value=each, n=numbers.count(orders))


def _counted(_data: ReviewData, _run: RunFacts, item: Compared) -> Text:
    part, whole = item.now.numerator, item.now.denominator
    if part is None or whole is None:
        return EMPTY
    month = periods.month_name(item.now.period_start)
    return words.text(
        f"kpi.{item.line.name}", part=numbers.count(part), whole=numbers.count(whole), month=month
    )


def _overdue(data: ReviewData, run: RunFacts, _item: Compared) -> Text:
    overdue = _known(data, "overdue")
    if overdue is None:
        return EMPTY
    key = "kpi.overdue" if overdue >= 0 else "kpi.credits_above_overdue"
    amount = words.text(key, amount=numbers.money(abs(overdue), run.base_currency))
    last = data.collection_months[-1] if data.collection_months else None
    if last is None or last.dso is None or last.month_end != run.period_end:
        return amount
    return words.text("kpi.with_dso", amount=amount, days=numbers.days(numbers.rounded(last.dso, 0)))
