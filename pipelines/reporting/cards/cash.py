"""Order to cash: the way from booked to invoiced to collected, and what falls due next."""

from __future__ import annotations

from decimal import Decimal

from pipelines.reporting import figures, numbers, palette, periods, phrases, words
from pipelines.reporting.cards import fulfilment
from pipelines.reporting.facts import RunFacts
from pipelines.reporting.figures.bridge import COLOURS
from pipelines.reporting.numbers import TableUnit
from pipelines.reporting.review import BridgeStep, DueRow, ReviewData
from pipelines.reporting.table import (
    Bar,
    Block,
    Card,
    Cell,
    Column,
    Drawing,
    Section,
    Table,
    amount_cell,
    count_cell,
    percent_of,
    words_cell,
)
from pipelines.reporting.words import EMPTY, Text

_BRIDGED = ("orders", "invoices", "payments")
_SOON = ("within_7", "within_15", "within_30")


def section(data: ReviewData, run: RunFacts) -> Section:
    """Return the second section of the review."""
    cards = (_bridge(data, run), due(data, run), fulfilment.card(data, run))
    return Section("flow", words.text("section.cash"), cards)


def _bridge(data: ReviewData, run: RunFacts) -> Card:
    title = words.text("card.bridge.title_plain", month=periods.month(run.period_start))
    if not data.bridge:
        is_missing = not data.sources or set(_BRIDGED) & set(data.missing_kinds)
        return Card(
            "bridge", 8, title, empty=words.text("empty.bridge" if is_missing else "empty.no_documents")
        )
    unit = numbers.table_unit([step.amount for step in data.bridge], run.base_currency)
    charts = {lang: figures.order_to_cash(data.bridge, unit, lang) for lang in words.LANGUAGES}
    kinds = [kind for kind in COLOURS if any(step.kind == kind for step in data.bridge)]
    legend = tuple((COLOURS[kind], words.text(f"legend.{kind}")) for kind in kinds)
    sub = words.text("card.bridge.sub", month=periods.month(run.period_start), unit=unit.label)
    drawing = Drawing("bridge", charts, _bridge_table(data.bridge, unit))
    return Card("bridge", 8, _bridge_title(data, run) or title, sub, legend, drawing)


def _bridge_title(data: ReviewData, run: RunFacts) -> Text | None:
    """Say how much of the cash came from earlier invoices, when that is a part of it and no more."""
    amounts = {step.key: step.amount for step in data.bridge}
    collected, earlier = amounts.get("collected"), amounts.get("earlier_collected")
    unpaid = amounts.get("open")
    if (
        collected is None
        or earlier is None
        or unpaid is None
        or not 0 <= earlier <= collected
        or collected == 0
    ):
        return None
    return words.text(
        "card.bridge.title",
        share=numbers.rate(earlier / collected, 0),
        amount=numbers.money(abs(unpaid), run.base_currency),
    )


def _bridge_table(steps: tuple[BridgeStep, ...], unit: TableUnit) -> Table:
    rows = tuple(
        (
            words_cell(words.text(f"bridge.{step.key}").map(lambda text: text.replace("\n", ""))),
            amount_cell(step.amount, unit, "b" if step.kind == "total" else "", signed=step.kind != "total"),
        )
        for step in steps
    )
    columns = (Column(words.text("table.step"), "l"), Column(words.text("table.amount")))
    return Table(words.text("section.cash"), columns, rows)


def due(data: ReviewData, run: RunFacts, span: int = 4) -> Card:
    """Return when what is not yet due falls due, and the orders that wait for an invoice."""
    title = words.text("card.due.title_plain")
    if not data.due_windows and not data.uninvoiced:
        open_items = data.current or data.closing
        has_items = open_items is not None and open_items.by_customer
        reason = words.text("empty.invoices") if has_items else phrases.no_receivables(data)
        return Card("due", span, title, empty=reason)
    rows = (*data.due_windows, *data.uninvoiced)
    unit = numbers.table_unit([row.amount for row in rows], run.base_currency)
    blocks = []
    if data.due_windows:
        soon = sum((row.amount for row in data.due_windows if row.key in _SOON), Decimal(0))
        title = words.text("card.due.title", amount=numbers.money(soon, run.base_currency))
        table = _windows(
            data.due_windows, unit, palette.ADDITION, words.text("table.falls_due"), "table.invoices"
        )
        blocks.append(Block(table))
    if data.uninvoiced:
        heading = words.text("card.due.uninvoiced")
        table = _windows(data.uninvoiced, unit, palette.TIMING, words.text("table.order_age"), "table.orders")
        blocks.append(Block(table, heading if data.due_windows else EMPTY))
    sub = words.text("card.due.sub", unit=unit.label)
    return Card("due", span, title, sub, blocks=tuple(blocks), is_split=span == 12 and len(blocks) > 1)


def _windows(rows: tuple[DueRow, ...], unit: TableUnit, colour: str, name: Text, counted: str) -> Table:
    most = max((abs(row.amount) for row in rows), default=Decimal(0))
    body = tuple(
        (
            words_cell(words.text(f"window.{row.key}")),
            count_cell(row.items, "q"),
            Cell(
                unit.of(row.amount),
                "bar",
                str(row.amount),
                Bar(percent_of(row.amount, most), colour, is_wide=True),
            ),
        )
        for row in rows
    )
    total = sum((row.amount for row in rows), Decimal(0))
    foot = (
        words_cell(words.text("table.total")),
        count_cell(sum(row.items for row in rows)),
        amount_cell(total, unit),
    )
    columns = (Column(name, "l"), Column(words.text(counted)), Column(words.text("table.amount")))
    return Table(name, columns, body, (foot,), css="tight")
