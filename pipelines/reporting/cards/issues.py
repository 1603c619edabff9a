"""What there is to look at about invoices and contracts, by kind."""

from __future__ import annotations

from decimal import Decimal

from pipelines.reporting import numbers, words
from pipelines.reporting.facts import RunFacts
from pipelines.reporting.review import ReviewData
from pipelines.reporting.table import Block, Card, Column, Table, amount_cell, count_cell, words_cell


def cards(data: ReviewData, run: RunFacts) -> tuple[Card, ...]:
    """Return one card for invoices and one for contracts; where nothing is wrong they say so."""
    return tuple(_card(data, run, name) for name in ("invoice", "contract"))


def _card(data: ReviewData, run: RunFacts, name: str) -> Card:
    rows = [row for row in data.issues if row.list == name]
    key = f"{name}-issues"
    if not rows:
        return Card(key, 6, words.text(f"card.issues.{name}_none"), empty=words.text(f"empty.{name}_issues"))
    unit = numbers.table_unit([row.amount for row in rows], run.base_currency)
    group = {"invoice": "invoice_issue", "contract": "contract_alert"}[name]
    body = tuple(
        (
            words_cell(words.text(f"{group}.{row.kind}"), "l wrap"),
            count_cell(row.items),
            amount_cell(row.amount, unit),
        )
        for row in rows
    )
    items = sum(row.items for row in rows)
    total = sum((row.amount or Decimal(0) for row in rows), Decimal(0))
    foot = (words_cell(words.text("table.total")), count_cell(items), amount_cell(total, unit))
    columns = (
        Column(words.text("table.issue"), "l"),
        Column(words.text("table.count")),
        Column(words.text("table.amount")),
    )
    title = words.text(f"card.issues.{name}", items, n=numbers.count(items))
    table = Table(title, columns, body, (foot,), css="tight")
    where = Block(note=words.text(f"card.issues.{name}_more"))
    sub = words.text("card.issues.sub", unit=unit.label)
    return Card(key, 6, title, sub, blocks=(Block(table), where))
