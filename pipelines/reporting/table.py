"""Tables and cards as plain data, the same for pages, e-mail and print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from pipelines.reporting import numbers, words
from pipelines.reporting.chart import AnyChart
from pipelines.reporting.numbers import TableUnit
from pipelines.reporting.words import EMPTY, Text

_SHEET = 16  # rows that are kept on one sheet of A4 with their heading; a card of more begins where the last one ends


@dataclass(frozen=True)
class Bar:
    """A small bar in a cell: its length as a percentage, and its colour or verdict."""

    percent: int
    colour: str = ""
    is_wide: bool = False


@dataclass(frozen=True)
class Cell:
    """One cell. `css` holds class names, `sort` the full value to sort by, `small` a second, quieter line.

    `mix` are the parts of a stacked bar as (percentage, colour), `status` is ok, wa or fa.
    """

    text: Text = EMPTY
    css: str = ""
    sort: str = ""
    bar: Bar | None = None
    mix: tuple[tuple[Decimal, str], ...] = ()
    small: Text = EMPTY
    status: str = ""
    span: int = 1
    link: str = ""


@dataclass(frozen=True)
class Column:
    """A column: its heading, `l` for words at the left, and whether a click sorts by it."""

    label: Text
    css: str = ""
    is_sortable: bool = True


@dataclass(frozen=True)
class Table:
    """Rows under headings; `head` is the column that names a row; `foot` holds totals."""

    caption: Text
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    foot: tuple[tuple[Cell, ...], ...] = ()
    css: str = ""
    head: int = 0
    is_sortable: bool = False
    has_heading: bool = True


@dataclass(frozen=True)
class Block:
    """A table inside a card, with a heading above and a note below."""

    table: Table | None = None
    heading: Text = EMPTY
    note: Text = EMPTY
    is_warning: bool = False


@dataclass(frozen=True)
class Drawing:
    """A chart in both languages and the table behind it."""

    key: str
    charts: Mapping[str, AnyChart]
    data: Table


@dataclass(frozen=True)
class Card:
    """One question answered: a sentence with the number, what is measured, then chart or tables.

    `span` is its width in twelfths. An empty card keeps its place and says in `empty` why, and who can mend it.
    """

    key: str
    span: int
    title: Text
    sub: Text = EMPTY
    legend: tuple[tuple[str, Text], ...] = ()
    drawing: Drawing | None = None
    blocks: tuple[Block, ...] = ()
    ties: tuple[tuple[Text, Text, bool], ...] = ()
    empty: Text = EMPTY
    is_split: bool = False

    @property
    def is_long(self) -> bool:
        """Whether its tables may need more than a sheet of paper."""
        return sum(len(block.table.rows) for block in self.blocks if block.table) > _SHEET


@dataclass(frozen=True)
class Section:
    """A numbered part of a page."""

    key: str
    title: Text
    cards: tuple[Card, ...]


def words_cell(text: Text | str, css: str = "l", small: Text | str = "", sort: str = "") -> Cell:
    """Return a cell of words; text from data is a plain string."""
    shown = text if isinstance(text, Text) else words.same(text)
    below = small if isinstance(small, Text) else words.same(small)
    return Cell(shown, css, sort or shown.en, small=below)


def amount_cell(value: Decimal | None, unit: TableUnit, css: str = "", *, signed: bool = False) -> Cell:
    """Return a cell with an amount in the table's unit; zeros are muted."""
    muted = " z" if value == 0 and "z" not in css else ""
    return Cell(unit.of(value, signed=signed), (css + muted).strip(), _sortable(value))


def _sortable(value: Decimal | None) -> str:
    """Return a value to sort by as short as it can be: without zeros at its end, a share in six digits."""
    if value is None:
        return ""
    text = format(numbers.rounded(value, 6) if abs(value) < 1 else value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def count_cell(value: int | Decimal | None, css: str = "") -> Cell:
    """Return a cell with a whole number."""
    if value is None:
        return Cell(numbers.NONE, css)
    return Cell(numbers.count(value), (css + (" z" if value == 0 else "")).strip(), str(value))


def rate_cell(value: Decimal | None, css: str = "") -> Cell:
    """Return a cell with a percentage."""
    return Cell(numbers.rate(value), css, _sortable(value))


def percent_of(value: Decimal, most: Decimal) -> int:
    """Return the length of a bar: a percentage of the longest, at least 1 for what is not zero."""
    if value == 0 or most == 0:
        return 0
    return max(1, int(numbers.rounded(abs(value) * 100 / most, 0)))


def mix_of(amounts: tuple[Decimal, ...], colours: tuple[str, ...]) -> tuple[tuple[Decimal, str], ...]:
    """Return the parts of a stacked bar; credit balances have no length."""
    owed = [max(amount, Decimal(0)) for amount in amounts]
    total = sum(owed, Decimal(0))
    if total <= 0:
        return ()
    return tuple(
        (numbers.rounded(amount * 100 / total, 1), colour)
        for amount, colour in zip(owed, colours, strict=True)
        if amount > 0
    )
