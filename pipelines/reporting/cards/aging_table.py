"""The aging table: one row a sales rep or customer, one column a bucket, totals that equal the rows."""

from __future__ import annotations

from decimal import Decimal

from pipelines.reporting import buckets, numbers, palette, words
from pipelines.reporting.facts import RunFacts
from pipelines.reporting.numbers import TableUnit
from pipelines.reporting.receivable_rows import overdue_share
from pipelines.reporting.review import AgingRow
from pipelines.reporting.table import Cell, Column, Table, amount_cell, mix_of, rate_cell, words_cell
from pipelines.reporting.words import Text

_ABOVE = Decimal("0.05")


def aging_table(
    rows: list[AgingRow],
    bounds: tuple[int, ...],
    unit: TableUnit,
    run: RunFacts,
    head: Text,
    average: Decimal | None,
    most: int = 30,
) -> Table:
    """Return the rows with the largest balances, the others in one row, the total and each bucket's share of it."""
    labels = buckets.labels(bounds, run.aging_basis)
    ordered = sorted(rows, key=lambda row: (-row.total, row.key))
    shown, rest = ordered[:most], ordered[most:]
    body = [_cells(_name(row), [row], unit, average) for row in shown]
    foot = []
    if rest:
        name = words_cell(words.text("table.other_rows", len(rest), n=len(rest)), "l sec2")
        foot.append(_cells(name, rest, unit, None))
    foot.append(_cells(words_cell(words.text("table.total")), ordered, unit, None))
    foot.append(_shares(ordered))
    columns = (
        Column(head, "l"),
        *(Column(label) for label in labels),
        Column(words.text("table.receivable")),
        Column(words.text("table.overdue")),
        Column(words.text("table.overdue_share")),
        Column(words.text("table.mix"), "l mx", is_sortable=False),
    )
    caption = words.text("table.in_unit", what=head, unit=unit.label)
    return Table(caption, columns, tuple(body), tuple(foot), css="aging", is_sortable=True)


def _name(row: AgingRow) -> Cell:
    name = words.text("segment.unknown") if row.name in {"", "unknown"} else words.same(row.name)
    small = row.key if row.key != row.name else ""
    return words_cell(name, "l name", "" if row.name in {"", "unknown"} else small)


def _sum(rows: list[AgingRow]) -> tuple[Decimal, ...]:
    return tuple(sum(column, Decimal(0)) for column in zip(*(row.amounts for row in rows), strict=True))


def _cells(name: Cell, rows: list[AgingRow], unit: TableUnit, average: Decimal | None) -> tuple[Cell, ...]:
    amounts, share = _sum(rows), overdue_share(*rows)
    stands_out = share is not None and average is not None and share - average > _ABOVE
    colours = tuple(palette.aging(number, len(amounts)) for number in range(len(amounts)))
    return (
        name,
        *(amount_cell(amount, unit) for amount in amounts),
        amount_cell(sum(amounts, Decimal(0)), unit, "b"),
        amount_cell(sum((row.overdue for row in rows), Decimal(0)), unit),
        rate_cell(share, "adv" if stands_out else ""),
        Cell(css="mx l", mix=mix_of(amounts, colours)),
    )


def _shares(rows: list[AgingRow]) -> tuple[Cell, ...]:
    total, overdue = _sum(rows), sum((row.overdue for row in rows), Decimal(0))
    balance = sum(total, Decimal(0))
    shares = [amount / balance if balance > 0 else None for amount in (*total, balance, overdue)]
    cells = [Cell(numbers.rate(share)) for share in shares]
    return (words_cell(words.text("table.share"), "l sec2"), *cells, Cell(), Cell())
