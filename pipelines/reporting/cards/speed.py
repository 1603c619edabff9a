"""How fast receivables turn into cash, and what of them is likely lost."""

from __future__ import annotations

from decimal import Decimal

from pipelines.reporting import buckets, figures, numbers, periods, words
from pipelines.reporting.facts import RunFacts
from pipelines.reporting.review import CollectionMonth, ReviewData
from pipelines.reporting.table import (
    Block,
    Card,
    Cell,
    Column,
    Drawing,
    Table,
    amount_cell,
    rate_cell,
    words_cell,
)
from pipelines.reporting.words import Text

_MONTH = 30


def outstanding(data: ReviewData, run: RunFacts, span: int = 8) -> Card:
    """Return days of sales outstanding month by month, with what the title may say of the last one."""
    months = data.collection_months
    if not any(month.dso is not None for month in months):
        title = words.text("card.speed.title_plain")
        return Card("speed", span, title, empty=words.text("empty.speed"))
    charts = {lang: figures.days_outstanding(months, lang) for lang in words.LANGUAGES}
    sub = words.text("card.speed.sub", currency=run.base_currency)
    drawing = Drawing("speed", charts, _table(months))
    note = Block(note=words.text("card.speed.note"))
    return Card("speed", span, _title(months[-1]), sub, drawing=drawing, blocks=(note,))


def _title(last: CollectionMonth) -> Text:
    if last.dso is None or last.delinquent is None:
        return words.text("card.speed.title_plain")
    days = numbers.days(numbers.rounded(last.dso, 0))
    if last.delinquent < 0:  # credits past their date outweigh what is overdue
        return words.text("card.speed.title_alone", days=days)
    late = numbers.days(numbers.rounded(last.delinquent, 0))
    title = words.text("card.speed.title", days=days, late=late)
    if last.effectiveness is None:
        return title
    rate = numbers.rate(last.effectiveness / 100, 0)
    return words.joined([title, words.text("card.speed.cei", rate=rate)])


def _table(months: tuple[CollectionMonth, ...]) -> Table:
    rows = tuple(
        (
            words_cell(f"{month.month_end:%Y-%m-%d}"),
            _days(month.dso),
            _days(month.counted_back, is_at_least=month.is_at_least),
            _days(month.best_possible),
            _days(month.delinquent),
            rate_cell(None if month.effectiveness is None else month.effectiveness / 100),
        )
        for month in months
    )
    headings = ("dso", "counted_back", "best_possible", "delinquent", "effectiveness")
    columns = (
        Column(words.text("table.month_end"), "l"),
        *(Column(words.text(f"speed.{key}")) for key in headings),
    )
    return Table(words.text("card.speed.title_plain"), columns, rows)


def _days(value: Decimal | None, *, is_at_least: bool = False) -> Cell:
    if value is None:
        return Cell(numbers.NONE)
    return Cell(words.same(("≥ " if is_at_least else "") + numbers.grouped(value, 1)), sort=str(value))


def losses(data: ReviewData, run: RunFacts, span: int = 4) -> Card:
    """Return the expected loss by bucket where rates are given for it, else how debt rolls from age to age."""
    rows = data.losses
    title = words.text("card.losses.title_plain")
    if not rows:
        return _rolls(data, run, span)
    unit = numbers.table_unit([row.balance for row in rows], run.base_currency)
    labels = buckets.labels(data.bounds, "due")
    total = sum((row.allowance for row in rows), Decimal(0))
    balance = sum((row.balance for row in rows), Decimal(0))
    body = tuple(
        (
            words_cell(labels[row.bucket_no]),
            amount_cell(row.balance, unit),
            rate_cell(row.rate),
            amount_cell(row.allowance, unit),
        )
        for row in rows
    )
    foot = (
        words_cell(words.text("table.total")),
        amount_cell(balance, unit),
        rate_cell(total / balance if balance > 0 else None),
        amount_cell(total, unit),
    )
    headings = ("table.bucket", "table.receivable", "table.loss_rate", "table.allowance")
    table = Table(title, _headed(headings), body, (foot,), css="tight")
    told = words.text("card.losses.title", amount=numbers.money(total, run.base_currency))
    sub = words.text(
        "card.losses.sub", currency=run.base_currency, unit=unit.label, date=periods.day(run.as_of)
    )
    note = "card.losses.note_policy" if data.is_loss_policy else "card.losses.note"
    return Card("losses", span, told, sub, blocks=(Block(table), Block(note=words.text(note))))


def _rolls(data: ReviewData, run: RunFacts, span: int) -> Card:
    title = words.text("card.rolls.title_plain")
    if not data.rolls:
        return Card("losses", span, title, empty=words.text("empty.speed"))
    unit = numbers.table_unit([row.held for row in data.rolls], run.base_currency)
    labels = buckets.labels(tuple(_MONTH * number for number in range(1, len(data.rolls) + 1)), "due")
    body = tuple(
        (
            words_cell(labels[row.bucket_no]),
            amount_cell(row.held, unit),
            amount_cell(row.rolled, unit),
            rate_cell(row.rate),
        )
        for row in data.rolls
    )
    headings = ("table.bucket", "table.held", "table.rolled", "table.roll_rate")
    late = next((row for row in data.rolls if row.bucket_no == 1 and row.rate is not None), None)
    if late is not None:
        title = words.text("card.rolls.title", share=numbers.rate(late.rate, 0))
    sub = words.text("card.rolls.sub", currency=run.base_currency, unit=unit.label)
    table = Table(words.text("card.rolls.title_plain"), _headed(headings), body, css="tight")
    return Card("losses", span, title, sub, blocks=(Block(table), Block(note=words.text("card.rolls.note"))))


def _headed(keys: tuple[str, ...]) -> tuple[Column, ...]:
    return tuple(Column(words.text(key), "l" if index == 0 else "") for index, key in enumerate(keys))
