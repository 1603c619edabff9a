"""On how few customers revenue rests, and what customers prefer."""

from __future__ import annotations

from decimal import Decimal

from pipelines.reporting import numbers, periods, words
from pipelines.reporting.cards.revenue import segment_name
from pipelines.reporting.facts import RunFacts
from pipelines.reporting.numbers import TableUnit
from pipelines.reporting.review import CustomerGroup, ReviewData
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

_MOST_VALUES = 5
_TOP = "10"  # the number of customers that the title speaks of


def concentration(data: ReviewData, run: RunFacts) -> Card:
    """Return the card of the largest customers' share, and of the classes A, B and C."""
    groups = [group for group in data.customer_groups if group.kind in {"top", "abc"}]
    title = words.text("card.concentration.title_plain")
    if not groups:
        return Card("concentration", 6, title, empty=words.text("empty.orders"))
    unit = numbers.table_unit([group.amount for group in groups], run.base_currency)
    ten = next((group for group in groups if group.name == _TOP), None)
    if ten is not None:
        title = words.text("card.concentration.title", n=ten.customers, share=numbers.rate(ten.share))
    total = sum((group.amount for group in groups if group.kind == "abc"), Decimal(0))
    rows = [_class(group, unit, group.share, "b") for group in groups if group.kind == "top"]
    rows += [
        _class(group, unit, group.amount / total if total > 0 else None)
        for group in groups
        if group.kind == "abc"
    ]
    columns = _columns("customer", "size", "amount", "share")
    sub = words.text("card.concentration.sub", date=periods.day(run.as_of), unit=unit.label)
    table = Table(title, columns, tuple(rows), css="tight")
    return Card(
        "concentration", 6, title, sub, blocks=(Block(table, note=words.text("card.concentration.note")),)
    )


def _class(group: CustomerGroup, unit: TableUnit, share: Decimal | None, css: str = "") -> tuple[Cell, ...]:
    return (
        words_cell(_name(group)),
        count_cell(group.customers, "q"),
        amount_cell(group.amount, unit, css),
        rate_cell(share),
    )


def _name(group: CustomerGroup) -> Text:
    if group.kind == "abc":
        return words.text("card.concentration.class", name=group.name)
    return words.text("card.concentration.top", group.customers, n=group.customers)


def preferences(data: ReviewData, run: RunFacts) -> Card:
    """Return the card of the channels and product categories that customers buy most of."""
    title = words.text("card.preferences.title_plain")
    groups = [group for group in data.customer_groups if group.kind in {"channel", "product_category"}]
    if not groups:
        return Card("preferences", 6, title, empty=words.text("empty.orders"))
    unit = numbers.table_unit([group.amount for group in groups], run.base_currency)
    blocks = []
    for kind in ("channel", "product_category"):
        of_kind = [group for group in groups if group.kind == kind]
        if of_kind:
            blocks.append(Block(_preferred(kind, of_kind, unit)))
    sub = words.text("card.preferences.sub", unit=unit.label)
    return Card("preferences", 6, _preferred_title(groups) or title, sub, blocks=tuple(blocks))


def _preferred_title(groups: list[CustomerGroup]) -> Text | None:
    """Name the category that most customers buy most of."""
    categories = [group for group in groups if group.kind == "product_category"]
    if len(categories) < 2 or categories[0].customers == categories[1].customers:
        return None
    total = sum(group.customers for group in categories)
    share = numbers.rate(Decimal(categories[0].customers) / Decimal(total), 0)
    return words.text("card.preferences.title", name=segment_name(categories[0].name), share=share)


def _preferred(kind: str, groups: list[CustomerGroup], unit: TableUnit) -> Table:
    whole = _together(kind, groups)
    shown, rest = groups[:_MOST_VALUES], groups[_MOST_VALUES:]
    rows = [_preference(group, segment_name(group.name), whole, unit) for group in shown]
    if rest:
        name = words.text("table.other_segments", len(rest), n=len(rest))
        rows.append(_preference(_together(kind, rest), name, whole, unit))
    foot = _preference(whole, words.text("table.total"), whole, unit)
    label = words.text(f"dimension.{kind}")
    columns = (Column(label, "l"), *_columns("size", "share_customers", "amount"))
    return Table(label, columns, tuple(rows), (foot,), css="tight")


def _together(kind: str, groups: list[CustomerGroup]) -> CustomerGroup:
    amount = sum((group.amount for group in groups), Decimal(0))
    return CustomerGroup(kind, "", sum(group.customers for group in groups), amount)


def _preference(group: CustomerGroup, name: Text, whole: CustomerGroup, unit: TableUnit) -> tuple[Cell, ...]:
    return (
        words_cell(name),
        count_cell(group.customers, "q"),
        rate_cell(Decimal(group.customers) / Decimal(whole.customers)),
        amount_cell(group.amount, unit),
    )


def _columns(*keys: str) -> tuple[Column, ...]:
    return tuple(Column(words.text(f"table.{key}"), "l" if key == "customer" else "") for key in keys)
