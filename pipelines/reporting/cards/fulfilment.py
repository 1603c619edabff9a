"""Orders on their way: completion, days to delivery, on time, in full, exceptions, satisfaction, past promise."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pipelines.reporting import numbers, palette, periods, phrases, words
from pipelines.reporting.cards.headline import is_small_sample
from pipelines.reporting.facts import RunFacts
from pipelines.reporting.phrases import Compared
from pipelines.reporting.review import ReviewData
from pipelines.reporting.table import Block, Card, Cell, Column, Table, count_cell, words_cell
from pipelines.reporting.words import EMPTY, Text

NAMES = (
    "completion_rate",
    "on_time_rate",
    "otif_rate",
    "delivery_days_median",
    "delivery_days_p90",
    "exception_rate",
    "csat",
    "amendment_rate",
)


def card(data: ReviewData, run: RunFacts) -> Card:
    """Return one row a measure with 同比 and 环比; what no export tells stays as a dash with the reason."""
    title = words.text("card.fulfilment.title_plain", month=periods.month(run.period_start))
    # Orders that no file held again otherwise are not known to be unchanged: without any there is nothing to tell.
    names = NAMES if data.amendments else NAMES[:-1]
    found = [(name, phrases.compared(data, name)) for name in names]
    if not any(item is not None and item.now.value is not None for _, item in found):
        return Card("fulfilment", 12, title, empty=words.text("empty.deliveries"))
    rows = tuple(_row(data, run, name, item) for name, item in found)
    late = _past_promise(data, run)
    headings = ("measure", "value", "yoy", "mom", "base")
    note = phrases.year_note(data, [name for name, item in found if item is not None])
    columns = tuple(Column(words.text(f"table.{key}"), "l" if key == "measure" else "") for key in headings)
    table = Table(title, columns, rows, css="tight")
    sub = words.text("card.fulfilment.sub", month=periods.month(run.period_start))
    blocks = (
        Block(table),
        *_amendments(data),
        Block(note=late),
        *((Block(note=note),) if note != EMPTY else ()),
    )
    return Card("fulfilment", 12, _title(data, run) or title, sub, blocks=blocks)


def _amendments(data: ReviewData) -> tuple[Block, ...]:
    """Return what was changed in the month's orders after their confirmation, the most frequent first."""
    if not data.amendments:
        return ()
    told = [
        words.text(
            "card.fulfilment.changed", name=words.text(f"changed.{each.changed}"), n=numbers.count(each.count)
        )
        for each in data.amendments
    ]
    return (Block(note=words.text("card.fulfilment.amended", changes=words.joined(told))),)


def _title(data: ReviewData, run: RunFacts) -> Text | None:
    item = phrases.compared(data, "on_time_rate")
    if item is None or not item.is_usable or is_small_sample(item):
        return None
    clauses = [phrases.on_year(item) or phrases.on_month(item.on_month, _before(item))]
    told = words.joined([clause for clause in clauses if clause is not None])
    label, value = phrases.label_of(data, "on_time_rate"), phrases.figure(item, run.base_currency)
    if told == EMPTY:
        return words.text("card.revenue.title_alone", label=label, value=value)
    return words.text("card.revenue.title", label=label, value=value, clauses=told)


def _row(data: ReviewData, run: RunFacts, name: str, item: Compared | None) -> tuple[Cell, ...]:
    label = words_cell(phrases.label_of(data, name))
    dash = Cell(numbers.NONE, "q")
    if item is None or item.now.value is None or item.line.state in {"empty", "unavailable"}:
        return label, dash, dash, dash, dash
    base = count_cell(item.now.denominator, "q")
    if is_small_sample(item):
        return label, dash, dash, dash, base
    flag = words.text("state.preliminary") if item.line.state == "preliminary" else EMPTY
    value = words.joined([phrases.figure(item, run.base_currency), flag], "list.sentence")
    return (
        label,
        Cell(value if flag != EMPTY else phrases.figure(item, run.base_currency), "b"),
        *(
            Cell(
                change.text,
                palette.verdict(change.direction, item.line.better, is_red_up=run.cn_red_up),
            )
            for change in (item.on_year, item.on_month)
        ),
        base,
    )


def _before(item: Compared) -> date:
    return item.before.period_start if item.before else item.now.period_start


def _past_promise(data: ReviewData, run: RunFacts) -> Text:
    late = [item for item in data.desk if item.kind == "late_order"]
    if not late:
        return words.text("task.late_order_none")
    amount = sum((item.amount or Decimal(0) for item in late), Decimal(0))
    return words.text(
        "card.fulfilment.late",
        len(late),
        n=numbers.count(len(late)),
        amount=numbers.money(amount, run.base_currency),
        date=periods.day(run.as_of),
    )
