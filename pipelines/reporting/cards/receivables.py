"""Receivables: how old they are and were, whether they tie out, and who owes them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pipelines.reporting import buckets, figures, numbers, palette, periods, phrases, words
from pipelines.reporting.cards.aging_table import aging_table
from pipelines.reporting.cards.overdue_table import overdue_table
from pipelines.reporting.facts import RunFacts
from pipelines.reporting.numbers import TableUnit
from pipelines.reporting.receivable_rows import overdue_share
from pipelines.reporting.review import AgingMonth, AgingRow, Receivables, ReviewData
from pipelines.reporting.table import (
    Block,
    Card,
    Cell,
    Column,
    Drawing,
    Section,
    Table,
    amount_cell,
    words_cell,
)
from pipelines.reporting.words import Text

_ABOVE = Decimal("0.05")  # a rep this many points above the average is named
_TOP = 10


def section(data: ReviewData, run: RunFacts) -> Section:
    """Return the fourth section of the review."""
    cards = (
        trend(data, run),
        roll_forward(data, run),
        *by_rep(data.closing, data.bounds, run, currencies=1),
        *top_overdue(data.closing, run, _TOP, currencies=2),
    )
    return Section("ar", words.text("section.receivables"), cards)


def trend(data: ReviewData, run: RunFacts) -> Card:
    """Return month ends by age with the overdue share."""
    months = data.aging_months
    if not any(any(month.amounts) for month in months):
        return Card("aging", 8, words.text("card.aging.title_plain"), empty=phrases.no_receivables(data))
    totals = [sum(month.amounts, Decimal(0)) for month in months]
    unit = numbers.table_unit(totals, run.base_currency)
    charts = {
        lang: figures.aging_trend(months, data.bounds, run.aging_basis, unit, lang)
        for lang in words.LANGUAGES
    }
    labels = buckets.labels(data.bounds, run.aging_basis)
    legend = tuple((palette.aging(number, len(labels)), label) for number, label in enumerate(labels))
    sub = words.text(f"card.aging.sub_{run.aging_basis}", unit=unit.label)
    drawing = Drawing("aging", charts, _trend_table(months, labels, unit))
    return Card("aging", 8, _trend_title(months, run), sub, legend, drawing)


def _trend_title(months: tuple[AgingMonth, ...], run: RunFacts) -> Text:
    shares = [overdue_share(month) for month in months]
    now, before = shares[-1], shares[-2] if len(shares) > 1 else None
    balance = numbers.money(sum(months[-1].amounts, Decimal(0)), run.base_currency)
    if now is None:
        return words.text("card.aging.title_balance", balance=balance)
    change = numbers.change(now, before, of_rate=True)
    known = [share for share in shares if share is not None]
    low, high = numbers.rate(min(known)), numbers.rate(max(known))
    if change.points is None:
        return words.text("card.aging.title_alone", share=numbers.rate(now), balance=balance)
    key = {1: "card.aging.title_up", -1: "card.aging.title_down", 0: "card.aging.title_flat"}[
        change.direction
    ]
    points = words.text("unit.points_said", n=numbers.grouped(abs(change.points) * 100, 1))
    return words.text(key, points=points, share=numbers.rate(now), n=len(known), low=low, high=high)


def _trend_table(months: tuple[AgingMonth, ...], labels: tuple[Text, ...], unit: TableUnit) -> Table:
    rows = tuple(
        (
            words_cell(f"{month.month_end:%Y-%m-%d}"),
            *(amount_cell(amount, unit) for amount in month.amounts),
            amount_cell(sum(month.amounts, Decimal(0)), unit, "b"),
            Cell(numbers.rate(overdue_share(month))),
        )
        for month in months
    )
    columns = (
        Column(words.text("table.month_end"), "l"),
        *(Column(label) for label in labels),
        Column(words.text("table.total")),
        Column(words.text("table.overdue_share")),
    )
    return Table(words.text("card.aging.title_plain"), columns, rows)


def roll_forward(data: ReviewData, run: RunFacts) -> Card:
    """Return how receivables went from opening to closing, and the tie-outs."""
    roll = data.roll_forward
    if roll is None:
        title = words.text("card.roll.title_plain")
        return Card("roll", 4, title, ties=_ties(data), empty=phrases.no_receivables(data))
    unit = numbers.table_unit(
        [roll.opening, roll.closing, *(amount for _, amount in roll.steps)], run.base_currency
    )
    opening = words.text("roll.opening", date=periods.short_day(roll.opening_date))
    closing = words.text("roll.closing", date=periods.short_day(roll.closing_date))
    body = [(words_cell("", "op"), words_cell(opening), amount_cell(roll.opening, unit))]
    for key, amount in roll.steps:
        sign = words.same("+" if amount > 0 else "-" if amount < 0 else "")
        body.append((Cell(sign, "op"), words_cell(words.text(f"roll.{key}")), amount_cell(abs(amount), unit)))
    foot = (Cell(words.same("="), "op"), words_cell(closing), amount_cell(roll.closing, unit))
    headings = (
        Column(words.text("table.sign"), "op"),
        Column(words.text("table.step"), "l"),
        Column(words.text("table.amount")),
    )
    table = Table(
        words.text("card.roll.title_plain"),
        headings,
        tuple(body),
        (foot,),
        css="tight roll",
        head=1,
        has_heading=False,
    )
    ties = _ties(data)
    is_tied = bool(ties) and all(ok for _, _, ok in ties)
    title = words.text("card.roll.title_tied" if is_tied else "card.roll.title_plain")
    sub = words.text("card.roll.sub", unit=unit.label)
    return Card("roll", 4, title, sub, blocks=(Block(table),), ties=ties)


def _ties(data: ReviewData) -> tuple[tuple[Text, Text, bool], ...]:
    return tuple(
        (words.text(f"tie.{tie.key}"), words.same(numbers.grouped(tie.difference, 2)), tie.difference == 0)
        for tie in data.tie_outs
    )


def by_rep(
    receivables: Receivables | None, bounds: tuple[int, ...], run: RunFacts, currencies: int = 20
) -> tuple[Card, ...]:
    """Return one aging table by sales rep for each of the first `currencies`, the base currency first."""
    if receivables is None:
        return ()
    return tuple(
        _rep_card(receivables.day, bounds, run, currency, rows)
        for currency, rows in _by_currency(receivables.by_rep, run.base_currency)[:currencies]
    )


def _rep_card(day: date, bounds: tuple[int, ...], run: RunFacts, currency: str, rows: list[AgingRow]) -> Card:
    unit = numbers.table_unit([sum((row.total for row in rows), Decimal(0))], currency)
    average = overdue_share(*rows)
    if average is not None and average <= 0:  # credits outweigh what is late: no rep stands out from that
        average = None
    above = [
        row.name
        for row in sorted(rows, key=lambda row: (-row.overdue, row.key))
        if average is not None and (share := overdue_share(row)) is not None and share - average > _ABOVE
    ]
    if above and len(rows) > 1:
        name = words.joined([words.same(name) for name in above[:2]], "list.and")
        key = "card.rep.title_above" if len(above) <= 2 else "card.rep.title_above_more"
        title = words.text(key, name=name, n=len(above), points=numbers.grouped(_ABOVE * 100, 0))
    elif average is None:
        total = numbers.money(sum((row.total for row in rows), Decimal(0)), currency)
        title = words.text("card.rep.title_plain", amount=total)
    else:
        title = words.text("card.rep.title_even", points=numbers.grouped(_ABOVE * 100, 0))
    sub = words.text("card.rep.sub", currency=currency, unit=unit.label, date=periods.day(day))
    table = aging_table(rows, bounds, unit, run, words.text("table.rep"), average)
    return Card(f"rep-{currency.lower()}", 12, title, sub, blocks=(Block(table),))


def by_customer(receivables: Receivables | None, bounds: tuple[int, ...], run: RunFacts) -> tuple[Card, ...]:
    """Return one aging table by customer for each currency, the base currency first."""
    cards = []
    for currency, rows in _by_currency(receivables.by_customer if receivables else (), run.base_currency):
        total = sum((row.total for row in rows), Decimal(0))
        unit = numbers.table_unit([total], currency)
        title = words.text(
            "card.customers.title", len(rows), n=len(rows), amount=numbers.money(total, currency)
        )
        day = receivables.day if receivables else run.as_of
        sub = words.text("card.customers.sub", currency=currency, unit=unit.label, date=periods.day(day))
        table = aging_table(rows, bounds, unit, run, words.text("table.customer"), None)
        cards.append(Card(f"customers-{currency.lower()}", 12, title, sub, blocks=(Block(table),)))
    return tuple(cards)


def _by_currency(rows: tuple[AgingRow, ...], base: str) -> list[tuple[str, list[AgingRow]]]:
    currencies = sorted({row.currency for row in rows}, key=lambda currency: (currency != base, currency))
    return [(currency, [row for row in rows if row.currency == currency]) for currency in currencies]


def nobody_overdue(key: str, receivables: Receivables | None) -> Card:
    """Return the card that stands where overdue customers would: none is, or no export can tell."""
    if receivables is not None and receivables.by_customer:
        return Card(key, 12, words.text("card.top.title_none"), empty=words.text("empty.overdue"))
    return Card(key, 12, words.text("card.top.title_plain"), empty=words.text("empty.receivables"))


def top_overdue(
    receivables: Receivables | None, run: RunFacts, most: int, currencies: int = 20
) -> tuple[Card, ...]:
    """Return the largest overdue balances of each of the first `currencies`, the base currency first.

    Where nobody is overdue one empty card says so.
    """
    owed = [row for row in receivables.overdue if row.overdue > 0] if receivables else []
    if not owed:
        return (nobody_overdue("top", receivables),)
    names = sorted({row.currency for row in owed}, key=lambda name: (name != run.base_currency, name))
    cards = []
    for currency in names[:currencies]:
        rows = sorted((r for r in owed if r.currency == currency), key=lambda r: (-r.overdue, r.customer_id))
        unit = numbers.table_unit([sum((row.total for row in rows), Decimal(0))], currency)
        shown = rows[:most]
        total = sum((row.overdue for row in rows), Decimal(0))
        part = sum((row.overdue for row in shown), Decimal(0))
        key = "card.top.title" if len(rows) > len(shown) else "card.top.title_all"
        title = words.text(
            key,
            len(shown),
            n=len(shown),
            share=numbers.rate(part / total, 0),
            amount=numbers.money(total, currency),
        )
        sub = words.text("card.top.sub", currency=currency, unit=unit.label)
        if len(names) > currencies and currency == names[currencies - 1]:
            left = len(names) - currencies
            sub = words.joined([sub, words.text("card.top.more_currencies", left, n=left)], "list.semicolon")
        known = {row.customer_id for row in rows}
        in_credit = [
            row
            for row in (receivables.by_customer if receivables else ())
            if row.currency == currency and row.key not in known and row.overdue != 0
        ]
        table = overdue_table(rows, in_credit, most, unit)
        cards.append(Card(f"top-{currency.lower()}", 12, title, sub, blocks=(Block(table),)))
    return tuple(cards)
