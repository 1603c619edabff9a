"""The refused rows themselves, and the published figures that changed."""

from __future__ import annotations

from pipelines.reporting import numbers, periods, phrases, words
from pipelines.reporting.cards.quality import kind_words
from pipelines.reporting.facts import RunFacts
from pipelines.reporting.review import QuarantineRow, ReviewData
from pipelines.reporting.table import Block, Card, Cell, Column, Table, words_cell
from pipelines.reporting.words import Text

_MOST = 50
_LONGEST = 80  # a cell of a broken file may hold a whole line


def card(data: ReviewData, run: RunFacts) -> Card:
    """Return the first refused rows, by file and row; the workbook has all of them."""
    rows = data.quarantine_rows
    if not rows:
        return Card("rows", 12, words.text("card.rows.title_none"), empty=words.text("empty.quarantine"))
    shown = rows[:_MOST]
    title = words.text("card.rows.title", len(rows), n=numbers.count(len(rows)), shown=len(shown))
    headings = ("file", "row", "kind", "document", "column", "found", "expected", "reason", "amount")
    columns = tuple(
        Column(words.text(f"table.{key}"), "" if key in {"row", "amount"} else "l") for key in headings
    )
    table = Table(
        title, columns, tuple(_cells(row, run) for row in shown), css="tight rows", is_sortable=True
    )
    return Card("rows", 12, title, words.text("card.rows.sub"), blocks=(Block(table),))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _cells(row: QuarantineRow, run: RunFacts) -> tuple[Cell, ...]:
    return (
        words_cell(_cut(row.file_name), "l wrap", _cut(row.source_part)),
        Cell(words.same(row.source_row), sort=str(row.source_row)),
        words_cell(kind_words(row.kind)),
        words_cell(_cut(row.document_key), "l wrap"),
        words_cell(_cut(row.column_name), "l wrap"),
        words_cell(_cut(row.found), "l wrap"),
        words_cell(Text(_cut(row.expected.zh), _cut(row.expected.en)), "l wrap"),
        words_cell(row.reason, "l wrap"),
        Cell(numbers.full_money(row.amount, row.currency or run.base_currency)),
    )


def restatements(data: ReviewData, run: RunFacts) -> Card:
    """Return every published figure of a closed period that changed, with its cause."""
    if not data.restatements:
        return Card("restated", 12, words.text("card.restated.title"), empty=words.text("card.restated.none"))
    rows = []
    for change in data.restatements:
        line = data.metrics.get(change.metric)
        unit = line.unit if line else "count"
        of_rate = unit == "rate"
        moved = numbers.change(change.new_value, change.old_value, of_rate=of_rate)
        rows.append(
            (
                Cell(periods.month(change.period_start), "l", change.period_start.isoformat()),
                words_cell(phrases.label_of(data, change.metric)),
                Cell(phrases.value_text(change.old_value, unit, run.base_currency)),
                Cell(phrases.value_text(change.new_value, unit, run.base_currency)),
                Cell(moved.text),
                words_cell(change.cause, "l wrap"),
            )
        )
    headings = ("month", "metric", "old", "new", "change_of", "cause")
    right = {"old", "new", "change_of"}
    columns = tuple(Column(words.text(f"table.{key}"), "" if key in right else "l") for key in headings)
    title = words.text("card.restated.title_n", len(rows), n=len(rows))
    table = Table(title, columns, tuple(rows), is_sortable=True)
    return Card("restated", 12, title, blocks=(Block(table),))
