"""How sure the receivables are: how far guesses bear on their age, and where the general ledger sees them otherwise."""

from __future__ import annotations

from decimal import Decimal

from pipelines.reporting import buckets, numbers, periods, words
from pipelines.reporting.facts import RunFacts
from pipelines.reporting.numbers import TableUnit
from pipelines.reporting.review import LedgerDifference, LedgerTotal, ReviewData
from pipelines.reporting.table import Block, Card, Cell, Column, Table, amount_cell, count_cell, words_cell
from pipelines.reporting.words import Text

_MOST = 20


def guesses(data: ReviewData, run: RunFacts, span: int = 6) -> Card:
    """Return how far the age of what is open would move if every guess of cash application were wrong."""
    title = words.text("card.guesses.title_plain")
    if not data.guessed:
        return Card("guesses", span, title, empty=words.text("empty.receivables"))
    if not data.guessed_amount:
        return Card("guesses", span, title, empty=words.text("empty.guesses"))
    moved = [row.named_amount - row.amount for row in data.guessed]
    # What leaves a bucket stands in another: each amount moves once.
    total = sum((abs(amount) for amount in moved), Decimal(0)) / 2
    unit = numbers.table_unit([row.named_amount for row in data.guessed], run.base_currency)
    labels = buckets.labels(data.bounds, run.aging_basis)
    body = tuple(
        (
            words_cell(labels[row.bucket_no]),
            amount_cell(row.amount, unit),
            amount_cell(row.named_amount, unit),
            amount_cell(change, unit),
        )
        for row, change in zip(data.guessed, moved, strict=True)
    )
    foot = (
        words_cell(words.text("table.total")),
        amount_cell(sum((row.amount for row in data.guessed), Decimal(0)), unit),
        amount_cell(sum((row.named_amount for row in data.guessed), Decimal(0)), unit),
        amount_cell(sum(moved, Decimal(0)), unit),
    )
    headings = ("table.bucket", "table.receivable", "table.without_guesses", "table.moved")
    table = Table(title, _columns(headings, 1), body, (foot,), css="tight")
    told = words.text("card.guesses.title", amount=numbers.money(total, run.base_currency))
    sub = words.text(
        "card.guesses.sub", currency=run.base_currency, unit=unit.label, date=periods.day(run.as_of)
    )
    applied = numbers.money(data.guessed_amount, run.base_currency)
    note = Block(note=words.text("card.guesses.note", amount=applied))
    blocks = (Block(table), *_most_guessed(data, unit), note)
    return Card("guesses", span, told, sub, blocks=blocks)


def _most_guessed(data: ReviewData, unit: TableUnit) -> tuple[Block, ...]:
    """Return the customers to ask first what they paid: those of whose debt most rests on guesses."""
    if not data.guessed_customers:
        return ()
    heading = words.text("card.guesses.customers")
    body = tuple(
        (
            words_cell(
                row.customer_name, "l wrap", row.customer_id if row.customer_name != row.customer_id else ""
            ),
            amount_cell(row.moved, unit),
        )
        for row in data.guessed_customers
    )
    return (
        Block(Table(heading, _columns(("table.customer", "table.moved"), 1), body, css="tight"), heading),
    )


def _columns(keys: tuple[str, ...], texts: int) -> tuple[Column, ...]:
    return tuple(Column(words.text(key), "l" if index < texts else "") for index, key in enumerate(keys))


def ledger(data: ReviewData) -> tuple[Card, ...]:
    """Return the ledger's balances of the last day beside the documents'; no card where no export gives balances."""
    if not data.ledger_totals:
        return ()
    day = data.ledger_totals[0].balance_date
    totals = [row for row in data.ledger_totals if row.balance_date == day]
    differing = sum(row.balances - row.equal_balances for row in totals)
    key = "card.ledger.title" if differing else "card.ledger.title_equal"
    count = sum(row.balances for row in totals)
    title = words.text(key, differing or count, n=differing, of=count)
    blocks = [Block(_totals(totals))]
    if data.ledger_differences:
        blocks.append(Block(_differences(data.ledger_differences[:_MOST])))
    left = len(data.ledger_differences) - _MOST
    if left > 0:
        blocks.append(Block(note=words.text("card.ledger.more", left, n=left)))
    return (
        Card("ledger", 12, title, words.text("card.ledger.sub", date=periods.day(day)), blocks=tuple(blocks)),
    )


def _totals(totals: list[LedgerTotal]) -> Table:
    body = tuple(
        (
            words_cell(row.currency),
            count_cell(row.balances),
            count_cell(row.equal_balances),
            _amount(row.open_amount, row.currency),
            _amount(row.ledger_amount, row.currency),
            _amount(row.difference_amount, row.currency),
        )
        for row in totals
    )
    headings = ("currency", "balances", "equal_balances", "documents_say", "ledger_says", "difference")
    return Table(
        words.text("table.ledger_totals"),
        _columns(tuple(f"table.{key}" for key in headings), 1),
        body,
        css="tight",
    )


def _differences(rows: tuple[LedgerDifference, ...]) -> Table:
    body = tuple(
        (
            words_cell(row.customer_name, "l wrap", row.customer_id),
            words_cell(row.currency),
            _amount(row.open_amount, row.currency),
            _amount(row.ledger_amount, row.currency),
            _amount(row.difference_amount, row.currency),
            words_cell(
                words.text(f"ledger_clue.{row.clue}") if row.clue else words.text("card.ledger.unexplained"),
                "l wrap",
            ),
            words_cell(documents(row), "l wrap"),
        )
        for row in rows
    )
    headings = (
        "customer",
        "currency",
        "documents_say",
        "ledger_says",
        "difference",
        "clue",
        "likely_documents",
    )
    left = {"customer", "currency", "clue", "likely_documents"}
    columns = tuple(Column(words.text(f"table.{key}"), "l" if key in left else "") for key in headings)
    return Table(words.text("table.ledger_differences"), columns, body, css="tight", is_sortable=True)


def documents(row: LedgerDifference) -> Text:
    """Return the numbers of the documents that likely explain a difference, and how many more there are."""
    named = [words.same(name) for name in row.documents]
    if row.more:
        named.append(words.text("card.ledger.more_documents", row.more, n=row.more))
    return words.joined(named, "list.dot")


def _amount(amount: Decimal, currency: str) -> Cell:
    return Cell(numbers.full_money(amount, currency), sort=str(amount))
