"""What stands out in the months of the headline metrics, by the rules of `metrics.notes`."""

from __future__ import annotations

from pipelines.reporting import numbers, periods, phrases, words
from pipelines.reporting.facts import RunFacts
from pipelines.reporting.review import ReviewData, StandingOut
from pipelines.reporting.table import Block, Card, Cell, Column, Table, words_cell
from pipelines.reporting.words import Text

_MOST = 10


def card(data: ReviewData, run: RunFacts) -> Card:
    """Return the card of trends, seasons and outliers, each in one sentence."""
    title = words.text("card.notes.title_none")
    sub = words.text("card.notes.sub", month=periods.month(run.period_start))
    if not data.standing_out:
        return Card("notes", 12, title, sub, empty=words.text("empty.notes"))
    shown = data.standing_out[:_MOST]
    rows = tuple(
        (words_cell(phrases.label_of(data, note.metric)), Cell(_sentence(note, run.base_currency), "l"))
        for note in shown
    )
    columns = (Column(words.text("table.measure"), "l"), Column(words.text("table.stands_out"), "l"))
    count = len(data.standing_out)
    left = count - len(shown)
    note = words.text("card.notes.more", left, n=left) if left else words.text("card.notes.rules")
    return Card(
        "notes",
        12,
        words.text("card.notes.title", count, n=count),
        sub,
        blocks=(Block(Table(title, columns, rows, css="tight"), note=note),),
    )


def _sentence(note: StandingOut, currency: str) -> Text:
    size = abs(note.size)
    if note.kind.startswith("season"):
        told = numbers.rate(size, 0)
    elif note.unit == "rate":
        told = words.text("unit.points_said", n=numbers.grouped(size * 100, 1))
    else:
        told = phrases.value_text(size, note.unit, currency)
    return words.text(
        f"note.{note.kind}", size=told, month=periods.month(note.month), name=periods.month_name(note.month)
    )
