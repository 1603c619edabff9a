"""Receivables reconciled 应收账款核对: how each customer's account went from the opening of a month to its closing."""

from __future__ import annotations

from decimal import Decimal

from pipelines.reporting import numbers, periods, words
from pipelines.reporting.facts import RunFacts
from pipelines.reporting.numbers import TableUnit
from pipelines.reporting.review import Reconciled, ReviewData
from pipelines.reporting.table import Block, Card, Cell, Column, Table, amount_cell, words_cell

_MOST = 30
MOVEMENTS = ("opening", "invoiced", "credited", "collected", "refunded", "adjusted", "closing")


def cards(data: ReviewData, run: RunFacts) -> tuple[Card, ...]:
    """Return one table for each currency, the base currency first: the largest movements, the others, the total."""
    currencies = sorted(
        {row.currency for row in data.reconciled}, key=lambda name: (name != run.base_currency, name)
    )
    return tuple(
        _card([row for row in data.reconciled if row.currency == currency], currency, run)
        for currency in currencies
    )


def by_size(row: Reconciled) -> tuple[Decimal, str]:
    """Return what sorts the accounts that held most first."""
    return -max(abs(row.opening), abs(row.closing)), row.customer_id


def _card(rows: list[Reconciled], currency: str, run: RunFacts) -> Card:
    closing, open_ = (sum((getattr(row, key) for row in rows), Decimal(0)) for key in ("closing", "open"))
    unit = numbers.table_unit([closing], currency)
    is_tied = all(row.closing == row.open for row in rows)
    title = words.text(
        "card.accounts.title" if is_tied else "card.accounts.title_off",
        len(rows),
        n=numbers.grouped(Decimal(len(rows)), 0),
        amount=numbers.money(closing, currency),
    )
    sub = words.text(
        "card.accounts.sub",
        currency=currency,
        unit=unit.label,
        span=periods.span(run.period_start, run.period_end),
    )
    tie = (words.text("tie.accounts"), words.same(numbers.grouped(closing - open_, 2)), is_tied)
    key = f"accounts-{currency.lower()}"
    return Card(key, 12, title, sub, blocks=(Block(_table(rows, unit)),), ties=(tie,))


def _table(rows: list[Reconciled], unit: TableUnit) -> Table:
    ordered = sorted(rows, key=by_size)
    shown, rest = ordered[:_MOST], ordered[_MOST:]
    body = tuple(
        (
            words_cell(
                row.customer_name or row.customer_id, "l name", row.customer_id if row.customer_name else ""
            ),
            *_amounts([row], unit),
        )
        for row in shown
    )
    foot = []
    if rest:
        name = words_cell(words.text("table.other_customers", len(rest), n=len(rest)), "l sec2")
        foot.append((name, *_amounts(rest, unit)))
    foot.append((words_cell(words.text("table.total")), *_amounts(ordered, unit)))
    columns = (
        Column(words.text("table.customer"), "l"),
        *(Column(words.text(f"statement.{key}")) for key in MOVEMENTS),
    )
    caption = words.text("table.in_unit", what=words.text("card.accounts.title_plain"), unit=unit.label)
    return Table(caption, columns, body, tuple(foot), css="aging", is_sortable=True)


def _amounts(rows: list[Reconciled], unit: TableUnit) -> tuple[Cell, ...]:
    return tuple(
        amount_cell(
            sum((getattr(row, key) for row in rows), Decimal(0)), unit, "b" if key == "closing" else ""
        )
        for key in MOVEMENTS
    )
