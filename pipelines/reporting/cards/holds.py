"""Customers who get no more goods for now 停货, and what waits for them."""

from __future__ import annotations

from decimal import Decimal

from pipelines.reporting import numbers, words
from pipelines.reporting.cards.overdue_table import step_words
from pipelines.reporting.facts import RunFacts
from pipelines.reporting.numbers import TableUnit
from pipelines.reporting.review import Hold, ReviewData
from pipelines.reporting.table import (
    Block,
    Card,
    Cell,
    Column,
    Table,
    amount_cell,
    count_cell,
    rate_cell,
    words_cell,
)
from pipelines.reporting.words import Text

_MOST = 30
_HEADINGS = (
    "customer rep reason receivable overdue oldest credit_limit credit_use waiting_orders waiting"
).split()


def card(data: ReviewData, run: RunFacts) -> Card:
    """Return whose deliveries to stop and why, those with most goods waiting first; all in base currency."""
    rows = data.holds
    if not rows:
        title = words.text("card.holds.title_none")
        return Card("holds", 12, title, empty=words.text("empty.holds"))
    waiting = sum((row.waiting for row in rows), Decimal(0))
    unit = numbers.table_unit([*(row.balance for row in rows), waiting], run.base_currency)
    title = words.text(
        "card.holds.title",
        len(rows),
        n=numbers.grouped(Decimal(len(rows)), 0),
        amount=numbers.money(waiting, run.base_currency),
    )
    sub = words.text("card.holds.sub", unit=unit.label)
    return Card("holds", 12, title, sub, blocks=(Block(_table(rows, unit)),))


def reason_words(row: Hold) -> Text:
    """Return why: the step of the collections rules, or the limit."""
    return step_words(row.step) if row.reason == "step" else words.text(f"hold.{row.reason}")


def _table(rows: tuple[Hold, ...], unit: TableUnit) -> Table:
    shown, rest = rows[:_MOST], rows[_MOST:]
    foot = []
    if rest:
        name = words.text("table.other_customers", len(rest), n=len(rest))
        foot.append(_summary(name, rest, unit, "l sec2"))
    foot.append(_summary(words.text("table.total"), rows, unit))
    left = {"customer", "rep", "reason"}
    columns = tuple(Column(words.text(f"table.{key}"), "l" if key in left else "") for key in _HEADINGS)
    caption = words.text("table.in_unit", what=words.text("card.holds.title_plain"), unit=unit.label)
    body = tuple(_cells(row, unit) for row in shown)
    return Table(caption, columns, body, tuple(foot), css="work", is_sortable=True)


def _cells(row: Hold, unit: TableUnit) -> tuple[Cell, ...]:
    rep = words.text("segment.unknown") if row.sales_rep in {"", "unknown"} else words.same(row.sales_rep)
    code = row.customer_id if row.customer_name else ""
    return (
        words_cell(row.customer_name or row.customer_id, "l name", code),
        words_cell(rep),
        words_cell(reason_words(row), "l wrap"),
        amount_cell(row.balance, unit),
        amount_cell(row.overdue, unit),
        Cell(
            numbers.NONE if row.oldest_days is None else numbers.days(row.oldest_days),
            "",
            "" if row.oldest_days is None else str(row.oldest_days),
        ),
        amount_cell(row.credit_limit, unit),
        rate_cell(row.credit_use, "adv" if row.credit_use is not None and row.credit_use > 1 else ""),
        count_cell(row.orders),
        amount_cell(row.waiting, unit, "b"),
    )


def _summary(name: Text, rows: tuple[Hold, ...], unit: TableUnit, css: str = "l") -> tuple[Cell, ...]:
    return (
        words_cell(name, css),
        Cell(),
        Cell(),
        amount_cell(_sum([row.balance for row in rows]), unit),
        amount_cell(_sum([row.overdue for row in rows]), unit),
        Cell(),
        Cell(),
        Cell(),
        count_cell(sum(row.orders for row in rows)),
        amount_cell(sum((row.waiting for row in rows), Decimal(0)), unit),
    )


def _sum(amounts: list[Decimal | None]) -> Decimal | None:
    """Return what they come to; None where one of them is not known."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if len(known) == len(amounts) else None
