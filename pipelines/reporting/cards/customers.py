"""Customers: conversion of leads, the value of an order, and who comes back."""

from __future__ import annotations

from decimal import Decimal

from pipelines.reporting import figures, numbers, periods, phrases, words
from pipelines.reporting.cards import cohorts, insights
from pipelines.reporting.cards.headline import SMALL_SAMPLE, is_small_sample
from pipelines.reporting.facts import RunFacts
from pipelines.reporting.review import OrderValuePoint, ReviewData
from pipelines.reporting.table import (
    Block,
    Card,
    Cell,
    Column,
    Drawing,
    Section,
    Table,
    amount_cell,
    count_cell,
    words_cell,
)
from pipelines.reporting.words import EMPTY, Text

_SHOWN = 8


def section(data: ReviewData, run: RunFacts) -> Section:
    """Return the third section of the review."""
    cards = (
        _funnel(data, run),
        _order_value(data, run),
        cohorts.card(data),
        _quiet(data, run),
        insights.concentration(data, run),
        insights.preferences(data, run),
    )
    return Section("cust", words.text("section.customers"), cards)


def _funnel(data: ReviewData, run: RunFacts) -> Card:
    label = phrases.label_of(data, "conversion")
    if not data.funnel or data.funnel[0].current == 0:
        is_missing = not data.funnel or "leads" in data.missing_kinds
        return Card("funnel", 6, label, empty=words.text("empty.leads" if is_missing else "empty.no_leads"))
    item = phrases.compared(data, "conversion")
    # January's and February's steps beside last year's would compare them apart.
    has_moves = item is None or not (item.yearly.is_combined or item.yearly.reason)
    charts = {
        lang: figures.lead_funnel(data.funnel, lang, has_moves=has_moves, is_red_up=run.cn_red_up)
        for lang in words.LANGUAGES
    }
    title = label
    if item is not None and item.is_usable and not is_small_sample(item):
        change = phrases.on_year(item)
        value = numbers.rate(item.now.value)
        key = "card.funnel.title" if change else "card.funnel.title_alone"
        title = words.text(key, label=label, value=value, change=change or EMPTY)
    month = periods.month(data.funnel_month) if data.funnel_month else EMPTY
    has_prior = any(stage.prior is not None for stage in data.funnel)
    sub = words.text("card.funnel.sub_prior" if has_prior else "card.funnel.sub", month=month)
    note = item.line.note if item and item.line.note else EMPTY
    is_late = item is not None and item.line.state == "preliminary"
    blocks = (Block(note=note, is_warning=is_late),) if note != EMPTY else ()
    return Card(
        "funnel", 6, title, sub, drawing=Drawing("funnel", charts, _funnel_table(data)), blocks=blocks
    )


def _funnel_table(data: ReviewData) -> Table:
    rows = []
    for index, stage in enumerate(data.funnel):
        before = data.funnel[index - 1].current if index else Decimal(0)
        rows.append(
            (
                words_cell(words.text(f"funnel.{stage.key}")),
                count_cell(stage.current),
                Cell(numbers.rate(stage.current / before if before > 0 else None)),
                count_cell(stage.prior, "q"),
                Cell(numbers.days(stage.median_days, 0)),
            )
        )
    headings = ("table.stage", "legend.ac", "table.step_rate", "legend.py", "table.median_days")
    columns = tuple(Column(words.text(key), "l" if index == 0 else "") for index, key in enumerate(headings))
    return Table(words.text("table.stage"), columns, tuple(rows))


def _order_value(data: ReviewData, run: RunFacts) -> Card:
    label = phrases.label_of(data, "order_value")
    points = data.order_values
    if not any(point.mean is not None for point in points):
        return Card("order-value", 6, label, empty=words.text("empty.orders"))
    amounts = [value for point in points for value in (point.mean, point.median, point.prior_mean)]
    unit = numbers.table_unit(amounts, run.base_currency)
    charts = {lang: figures.order_value(points, unit, lang) for lang in words.LANGUAGES}
    item = phrases.compared(data, "order_value")
    is_small = points[-1].orders < SMALL_SAMPLE
    change = phrases.on_year(item) if item and not is_small else None
    last = None if is_small else item.now.value if item else points[-1].mean
    value = numbers.money(last, run.base_currency)
    key = "card.order_value.title" if change else "card.order_value.title_alone"
    title = words.text(key, label=label, value=value, change=change or EMPTY)
    sub = words.text("card.order_value.sub", label=label, unit=unit.label)
    blocks = (Block(note=note),) if (note := _median_note(data)) else ()
    rows = tuple(
        (
            words_cell(f"{point.month:%Y-%m}"),
            *_typical(point, unit),
            amount_cell(point.prior_mean, unit, "q"),
            count_cell(point.orders, "q"),
        )
        for point in points
    )
    headings = (
        "table.month",
        "order_value.mean",
        "order_value.median",
        "order_value.prior_mean",
        "table.orders",
    )
    columns = tuple(Column(words.text(key), "l" if index == 0 else "") for index, key in enumerate(headings))
    drawing = Drawing("order-value", charts, Table(label, columns, rows))
    return Card("order-value", 6, title, sub, drawing=drawing, blocks=blocks)


def _typical(point: OrderValuePoint, unit: numbers.TableUnit) -> tuple[Cell, Cell]:
    """Return mean and median of a month; of fewer orders than tell something, dashes: the orders stand beside."""
    if point.orders < SMALL_SAMPLE:
        return Cell(numbers.NONE, "q"), Cell(numbers.NONE, "q")
    return amount_cell(point.mean, unit), amount_cell(point.median, unit)


def _median_note(data: ReviewData) -> Text | None:
    """Say that large orders pull the mean up, when the median is a quarter or more below it."""
    last = data.order_values[-1]
    if (
        last.mean is None
        or last.median is None
        or last.mean <= 0
        or last.median > last.mean * Decimal("0.75")
    ):
        return None
    return words.text("card.order_value.note")


def _quiet(data: ReviewData, run: RunFacts) -> Card:
    rows = data.quiet_customers
    if not rows:
        return Card("quiet", 4, words.text("card.quiet.title_none"), empty=words.text("empty.quiet"))
    unit = numbers.table_unit([row.trailing_amount for row in rows], run.base_currency)
    ordered = sorted(rows, key=lambda row: (-row.trailing_amount, row.customer_id))
    shown, rest = ordered[:_SHOWN], ordered[_SHOWN:]
    total = sum((row.trailing_amount for row in rows), Decimal(0))
    title = words.text(
        "card.quiet.title", len(rows), n=len(rows), amount=numbers.money(total, run.base_currency)
    )
    body = [
        (
            words_cell(row.customer_name or row.customer_id, "l name"),
            amount_cell(row.trailing_amount, unit),
            Cell(numbers.days(row.days_since), "adv", str(row.days_since)),
            Cell(numbers.days(row.usual_days), "q", str(row.usual_days)),
        )
        for row in shown
    ]
    if rest:
        others = sum((row.trailing_amount for row in rest), Decimal(0))
        name = words.text("table.other_customers", len(rest), n=len(rest))
        body.append((words_cell(name, "l q"), amount_cell(others, unit, "q"), Cell(), Cell()))
    foot = (words_cell(words.text("table.total")), amount_cell(total, unit), Cell(), Cell())
    headings = ("table.customer", "table.trailing", "table.since", "table.usual")
    columns = tuple(Column(words.text(key), "l" if index == 0 else "") for index, key in enumerate(headings))
    table = Table(words.text("table.customer"), columns, tuple(body), (foot,), css="tight risk")
    return Card("quiet", 4, title, words.text("card.quiet.sub", unit=unit.label), blocks=(Block(table),))
