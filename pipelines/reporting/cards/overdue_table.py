"""The largest overdue balances: who, how much, how old, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from pipelines.reporting import numbers, palette, words
from pipelines.reporting.numbers import TableUnit
from pipelines.reporting.review import AgingRow, OverdueCustomer
from pipelines.reporting.table import (
    Cell,
    Column,
    Table,
    amount_cell,
    count_cell,
    mix_of,
    rate_cell,
    words_cell,
)
from pipelines.reporting.words import EMPTY, Text

_LATE = 120  # days from which the age itself is printed as adverse


def overdue_table(
    rows: list[OverdueCustomer], in_credit: list[AgingRow], most: int, unit: TableUnit
) -> Table:
    """Return the first `most` of `rows`, which come largest first; the others in one row, then the total.

    `in_credit` are the customers whose credits outweigh what is past due: with them the table ties to the aging.
    """
    total = sum((row.overdue for row in rows), Decimal(0))
    shown, rest = rows[:most], rows[most:]
    body = tuple(_cells(index + 1, row, unit, total) for index, row in enumerate(shown))
    foot = []
    if rest:
        foot.append(
            _summary(words.text("table.other_customers", len(rest), n=len(rest)), rest, unit, total, "sec2")
        )
    foot.append(_summary(words.text("table.all_overdue", len(rows), n=len(rows)), rows, unit, total))
    if in_credit:
        name = words.text("table.credits", len(in_credit), n=len(in_credit))
        foot.append(_summary(name, in_credit, unit, total, "sec2"))
        foot.append(_summary(words.text("table.as_aging"), [*rows, *in_credit], unit, total, "sec2"))
    columns = (
        Column(words.same("#"), "q", is_sortable=False),
        Column(words.text("table.customer"), "l"),
        Column(words.text("table.rep"), "l"),
        Column(words.text("table.terms")),
        Column(words.text("table.receivable")),
        Column(words.text("table.overdue")),
        Column(words.text("table.of_overdue")),
        Column(words.text("table.oldest")),
        Column(words.text("table.aging_mix"), "l mx", is_sortable=False),
        Column(words.text("table.next_step"), "l", is_sortable=False),
    )
    caption = words.text("table.all_overdue", len(rows), n=len(rows))
    return Table(caption, columns, body, tuple(foot), css="top", head=1, is_sortable=True)


def step_words(key: str) -> Text:
    """Return the words of a next step; a step the catalog does not know is shown as it came."""
    if not key:
        return EMPTY
    return words.text(f"step.{key}") if words.has(f"step.{key}") else words.same(key)


def _colours(count: int) -> tuple[str, ...]:
    return tuple(palette.aging(number, count) for number in range(count))


def _cells(rank: int, row: OverdueCustomer, unit: TableUnit, total: Decimal) -> tuple[Cell, ...]:
    age = "adv" if row.oldest_days > _LATE else ""
    rep = words.text("segment.unknown") if row.sales_rep in {"", "unknown"} else words.same(row.sales_rep)
    return (
        count_cell(rank, "q"),
        words_cell(
            row.customer_name or row.customer_id, "l name", row.customer_id if row.customer_name else ""
        ),
        words_cell(rep),
        Cell(numbers.days(row.terms_days), sort="" if row.terms_days is None else str(row.terms_days)),
        amount_cell(row.total, unit),
        amount_cell(row.overdue, unit, "b"),
        rate_cell(row.overdue / total if total > 0 else None),
        Cell(numbers.days(row.oldest_days), age, str(row.oldest_days)),
        Cell(css="mx l", mix=mix_of(row.amounts, _colours(len(row.amounts)))),
        Cell(step_words(row.next_step), "l act"),
    )


def _summary(
    name: Text, rows: Sequence[OverdueCustomer | AgingRow], unit: TableUnit, total: Decimal, css: str = ""
) -> tuple[Cell, ...]:
    amounts = tuple(sum(column, Decimal(0)) for column in zip(*(row.amounts for row in rows), strict=True))
    overdue = sum((row.overdue for row in rows), Decimal(0))
    return (
        Cell(css=css),
        words_cell(name),
        Cell(),
        Cell(),
        amount_cell(sum(amounts, Decimal(0)), unit),
        amount_cell(overdue, unit),
        rate_cell(overdue / total if total > 0 else None),
        Cell(),
        Cell(css="mx l", mix=mix_of(amounts, _colours(len(amounts)))),
        Cell(),
    )
