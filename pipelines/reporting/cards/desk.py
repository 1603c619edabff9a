"""What the back office does today: four quadrants, and one list a kind of task."""

from __future__ import annotations

from decimal import Decimal

from pipelines.reporting import numbers, periods, words
from pipelines.reporting.cards.worklist import quadrant
from pipelines.reporting.facts import RunFacts
from pipelines.reporting.review import DeskItem, ReviewData
from pipelines.reporting.table import Block, Card, Cell, Column, Table, amount_cell, count_cell, words_cell

_MOST = 30
_KINDS = ("follow_up", "late_order", "exception", "to_invoice", "contract_ending")


def quadrants(data: ReviewData, run: RunFacts) -> tuple[Card, ...]:
    """Return one card a quadrant, with the number of tasks by kind and their amount in base currency."""
    tasks = [(item.kind, item.is_urgent, item.is_important, item.amount) for item in data.desk]
    overdue = data.current.overdue if data.current else ()
    tasks += [
        (
            "follow_up",
            row.is_urgent,
            row.is_important,
            row.overdue if row.currency == run.base_currency else None,
        )
        for row in overdue
    ]
    cards = []
    for is_urgent, is_important in ((True, True), (True, False), (False, True), (False, False)):
        mine = [task for task in tasks if task[1] == is_urgent and task[2] == is_important]
        cards.append(_quadrant(mine, run, is_urgent=is_urgent, is_important=is_important))
    return tuple(cards)


def _quadrant(
    tasks: list[tuple[str, bool, bool, Decimal | None]], run: RunFacts, *, is_urgent: bool, is_important: bool
) -> Card:
    name = quadrant(is_urgent=is_urgent, is_important=is_important)
    key = f"q-{int(is_urgent)}{int(is_important)}"
    if not tasks:
        return Card(key, 6, words.text("card.quadrant.none", name=name), empty=words.text("empty.quadrant"))
    amounts = {kind: [task[3] or Decimal(0) for task in tasks if task[0] == kind] for kind in _KINDS}
    total = sum((sum(found, Decimal(0)) for found in amounts.values()), Decimal(0))
    unit = numbers.table_unit([total], run.base_currency)
    rows = tuple(
        (
            words_cell(words.text(f"task.{kind}")),
            count_cell(len(found)),
            amount_cell(sum(found, Decimal(0)), unit),
        )
        for kind, found in amounts.items()
        if found
    )
    foot = (words_cell(words.text("table.total")), count_cell(len(tasks)), amount_cell(total, unit))
    columns = (
        Column(words.text("table.task"), "l"),
        Column(words.text("table.count")),
        Column(words.text("table.amount")),
    )
    title = words.text("card.quadrant.title", len(tasks), name=name, n=len(tasks))
    table = Table(name, columns, rows, (foot,), css="tight")
    return Card(key, 6, title, words.text("card.quadrant.sub", unit=unit.label), blocks=(Block(table),))


def lists(data: ReviewData, kinds: tuple[str, ...]) -> tuple[Card, ...]:
    """Return one card a kind of task, urgent ones first."""
    return tuple(_list(kind, [item for item in data.desk if item.kind == kind]) for kind in kinds)


def _list(kind: str, items: list[DeskItem]) -> Card:
    if not items:
        return Card(kind, 12, words.text(f"task.{kind}_none"), empty=words.text("empty.tasks"))
    ordered = sorted(
        items, key=lambda item: (not item.is_urgent, -(item.amount or Decimal(0)), item.document_id)
    )
    currency = ordered[0].currency
    total = sum((item.amount or Decimal(0) for item in items), Decimal(0))
    unit = numbers.table_unit([total], currency)
    shown, rest = ordered[:_MOST], ordered[_MOST:]
    foot = []
    if rest:
        name = words_cell(words.text("table.other_rows", len(rest), n=len(rest)), "l sec2")
        amount = sum((item.amount or Decimal(0) for item in rest), Decimal(0))
        foot.append((name, Cell(), amount_cell(amount, unit), Cell(), Cell(), Cell(), Cell()))
    total_name = words_cell(words.text("table.total"))
    foot.append((total_name, Cell(), amount_cell(total, unit), Cell(), Cell(), Cell(), Cell()))
    title = words.text(f"task.{kind}_title", len(items), n=len(items), amount=numbers.money(total, currency))
    headings = ("document", "customer", "amount", "due", "days_late", "rep", "quadrant")
    right = {"amount", "days_late"}
    columns = tuple(Column(words.text(f"table.{key}"), "" if key in right else "l") for key in headings)
    rows = tuple(_cells(item, unit) for item in shown)
    table = Table(title, columns, rows, tuple(foot), css="desk", is_sortable=True)
    return Card(kind, 12, title, words.text("card.desk.sub", unit=unit.label), blocks=(Block(table),))


def _cells(item: DeskItem, unit: numbers.TableUnit) -> tuple[Cell, ...]:
    owner = words.text("segment.unknown") if item.owner in {"", "unknown"} else words.same(item.owner)
    return (
        words_cell(item.document_id, "l", item.note),
        words_cell(item.customer_name, "l name"),
        amount_cell(item.amount, unit, "b"),
        Cell(periods.day(item.due_date), "l", item.due_date.isoformat() if item.due_date else ""),
        Cell(numbers.days(item.days), "adv" if item.is_urgent else "", str(item.days)),
        words_cell(owner),
        words_cell(quadrant(is_urgent=item.is_urgent, is_important=item.is_important)),
    )
