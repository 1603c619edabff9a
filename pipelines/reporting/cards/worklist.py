"""The collections worklist: whom to ask for money today, by which means, and what was promised."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from pipelines.reporting import numbers, periods, words
from pipelines.reporting.cards.overdue_table import step_words
from pipelines.reporting.cards.receivables import nobody_overdue
from pipelines.reporting.facts import RunFacts
from pipelines.reporting.numbers import TableUnit
from pipelines.reporting.review import OverdueCustomer, Receivables
from pipelines.reporting.table import Block, Card, Cell, Column, Table, amount_cell, rate_cell, words_cell
from pipelines.reporting.words import EMPTY, Text

_LATE = 120  # days from which the age itself is printed as adverse


def cards(receivables: Receivables | None, run: RunFacts, most: int = 50) -> tuple[Card, ...]:
    """Return one worklist a currency, urgent and important customers first; one empty card when nobody is overdue."""
    owed = [row for row in receivables.overdue if row.overdue > 0] if receivables else []
    if not owed:
        return (nobody_overdue("work", receivables),)
    currencies = sorted(
        {row.currency for row in owed}, key=lambda currency: (currency != run.base_currency, currency)
    )
    return tuple(
        _card([row for row in owed if row.currency == currency], currency, most) for currency in currencies
    )


def order(row: OverdueCustomer) -> tuple[object, ...]:
    """Return the key that puts urgent and important customers first, then by amount."""
    return (not row.is_urgent, not row.is_important, -row.overdue, row.customer_id)


def _card(rows: list[OverdueCustomer], currency: str, most: int) -> Card:
    ordered = sorted(rows, key=order)
    unit = numbers.table_unit([sum((row.total for row in rows), Decimal(0))], currency)
    urgent = [row for row in rows if row.is_urgent]
    total = sum((row.overdue for row in rows), Decimal(0))
    title = words.text(
        "card.work.title", len(rows), n=len(rows), amount=numbers.money(total, currency), urgent=len(urgent)
    )
    sub = words.text("card.work.sub", currency=currency, unit=unit.label)
    table = _table(ordered, most, unit, total)
    return Card(f"work-{currency.lower()}", 12, title, sub, blocks=(Block(table),))


def _table(rows: list[OverdueCustomer], most: int, unit: TableUnit, total: Decimal) -> Table:
    shown, rest = rows[:most], rows[most:]
    body = tuple(_cells(row, unit) for row in shown)
    foot = []
    blanks = (Cell(), Cell(), Cell(), Cell(), Cell(), Cell())
    if rest:
        others = sum((row.overdue for row in rest), Decimal(0))
        name = words_cell(words.text("table.other_customers", len(rest), n=len(rest)), "l sec2")
        foot.append((name, Cell(), amount_cell(others, unit), *blanks))
    all_rows = words_cell(words.text("table.all_overdue", len(rows), n=len(rows)))
    foot.append((all_rows, Cell(), amount_cell(total, unit), *blanks))
    headings = tuple(
        "customer owner overdue oldest credit_use last_contact promise quadrant next_step".split()
    )
    right = {"overdue", "oldest", "credit_use"}
    columns = tuple(Column(words.text(f"table.{key}"), "" if key in right else "l") for key in headings)
    caption = words.text("table.in_unit", what=words.text("section.collections"), unit=unit.label)
    return Table(caption, columns, body, tuple(foot), css="work", is_sortable=True)


def _cells(row: OverdueCustomer, unit: TableUnit) -> tuple[Cell, ...]:
    code = row.customer_id if row.customer_name else ""
    below = " · ".join(part for part in (code, row.phone) if part)
    return (
        words_cell(row.customer_name or row.customer_id, "l name", below),
        words_cell(_person(row.owner), "l", _person(row.sales_rep) if row.sales_rep != row.owner else ""),
        amount_cell(row.overdue, unit, "b"),
        Cell(numbers.days(row.oldest_days), "adv" if row.oldest_days > _LATE else "", str(row.oldest_days)),
        rate_cell(row.credit_use, "adv" if row.credit_use is not None and row.credit_use > 1 else ""),
        _dated(row.last_contact, method_words(row.last_method)),
        _promise(row),
        words_cell(quadrant(is_urgent=row.is_urgent, is_important=row.is_important)),
        words_cell(
            step_words(row.next_step), "l act", words.text("table.held_back") if row.is_delivery_held else ""
        ),
    )


def _person(name: str) -> Text:
    return words.text("segment.unknown") if name in {"", "unknown"} else words.same(name)


def _dated(day: date | None, below: Text) -> Cell:
    return words_cell(periods.day(day), "l", below if day else EMPTY, day.isoformat() if day else "")


def _promise(row: OverdueCustomer) -> Cell:
    """Return the last promise, and below it how many of those whose day is past were kept."""
    settled = row.promises_kept + row.promises_broken
    below = words.text("card.work.kept", n=row.promises_kept, of=settled) if settled else EMPTY
    cell = _dated(row.promised_date, below)
    if not row.is_promise_broken:
        return cell
    return replace(cell, text=words.text("state.broken", date=periods.day(row.promised_date)), css="l adv")


def method_words(key: str) -> Text:
    """Return the words of the way somebody was contacted; one the catalog does not know is shown as it came."""
    if not key:
        return EMPTY
    return words.text(f"method.{key}") if words.has(f"method.{key}") else words.same(key)


def quadrant(*, is_urgent: bool, is_important: bool) -> Text:
    """Return the words of a quadrant."""
    key = f"{'urgent' if is_urgent else 'later'}_{'important' if is_important else 'minor'}"
    return words.text(f"quadrant.{key}")
