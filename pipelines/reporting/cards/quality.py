"""Data quality: what was read, what was refused and why, and which published figures changed since."""

from __future__ import annotations

from decimal import Decimal

from pipelines.reporting import numbers, periods, phrases, words
from pipelines.reporting.facts import RunFacts
from pipelines.reporting.review import QuarantineReason, ReviewData, SourceRow
from pipelines.reporting.table import (
    Block,
    Card,
    Cell,
    Column,
    Section,
    Table,
    amount_cell,
    count_cell,
    words_cell,
)
from pipelines.reporting.words import Text

_STATUS = {"critical": "fa", "warning": "wa", "info": "ok"}


def section(data: ReviewData, run: RunFacts) -> Section:
    """Return the fifth section of the review."""
    return Section("dq", words.text("section.quality"), (sources(data, run), refused(data, run)))


def sources(data: ReviewData, run: RunFacts, span: int = 6) -> Card:
    """Return what was read of each kind of export, and the restatements below it."""
    if not data.sources:
        return Card(
            "sources", span, words.text("card.sources.title_plain"), empty=words.text("empty.sources")
        )
    late = [row for row in data.sources if row.is_late]
    title = words.text("card.sources.title_fresh")
    if late:
        names = words.joined([kind_words(row.kind) for row in late[:3]], "list.and")
        title = words.text("card.sources.title_late", len(late), names=names)
    body = tuple(_source_cells(row) for row in data.sources)
    total = [sum(column) for column in zip(*(_counts(row) for row in data.sources), strict=True)]
    foot = (words_cell(words.text("table.total")), *(count_cell(value) for value in total), Cell(), Cell())
    headings = (
        "kind",
        "rows_read",
        "rows_loaded",
        "rows_quarantined",
        "rows_set_aside",
        "last_date",
        "status",
    )
    columns = tuple(
        Column(words.text(f"table.{key}"), "l" if key in {"kind", "status"} else "") for key in headings
    )
    table = Table(words.text("table.kind"), columns, body, (foot,), css="tight src")
    blocks = [Block(table), Block(heading=words.text("card.restated.title"), note=_restated(data, run))]
    if data.missing_kinds:
        names = words.joined([kind_words(kind) for kind in data.missing_kinds], "list.and")
        note = words.text("card.sources.missing", names=names)
        blocks.insert(1, Block(note=note))
    sub = words.text("card.sources.sub", date=periods.day(run.as_of))
    return Card("sources", span, title, sub, blocks=tuple(blocks))


def kind_words(kind: str) -> Text:
    """Return the name of a kind of export."""
    return words.text(f"kind.{kind}") if words.has(f"kind.{kind}") else words.same(kind)


def _counts(row: SourceRow) -> tuple[int, int, int, int]:
    return row.rows_read, row.rows_loaded, row.rows_quarantined, row.rows_superseded + row.rows_skipped


def _source_cells(row: SourceRow) -> tuple[Cell, ...]:
    state = "late" if row.is_late else "fresh"
    return (
        words_cell(kind_words(row.kind)),
        *(count_cell(value) for value in _counts(row)),
        Cell(periods.day(row.last_date), sort=row.last_date.isoformat() if row.last_date else ""),
        Cell(words.text(f"state.{state}"), "l", state, status="wa" if row.is_late else "ok"),
    )


def _restated(data: ReviewData, run: RunFacts) -> Text:
    """Say which figures of closed periods changed: the first three in words, how many more there are."""
    if not data.restatements:
        return words.text("card.restated.none")
    told = []
    for change in data.restatements[:3]:
        line = data.metrics.get(change.metric)
        unit = line.unit if line else "count"
        told.append(
            words.text(
                "card.restated.one",
                month=periods.month(change.period_start),
                label=phrases.label_of(data, change.metric) if line else words.same(change.metric),
                old=phrases.value_text(change.old_value, unit, run.base_currency),
                new=phrases.value_text(change.new_value, unit, run.base_currency),
                cause=change.cause,
            )
        )
    more = len(data.restatements) - len(told)
    if more:
        told.append(words.text("card.restated.more", more, n=more))
    return words.joined(told, "list.sentence")


def refused(data: ReviewData, run: RunFacts, span: int = 6, most: int = 8) -> Card:
    """Return the quarantined rows by reason."""
    rows = sorted(data.quarantine, key=lambda row: (-row.rows, row.code, row.kind))
    count = sum(row.rows for row in rows)
    if not rows:
        return Card(
            "refused", span, words.text("card.refused.title_none"), empty=words.text("empty.quarantine")
        )
    unit = numbers.table_unit([sum((row.amount for row in rows), Decimal(0))], run.base_currency)
    shown, rest = rows[:most], rows[most:]
    body = [_reason_cells(row, unit) for row in shown]
    if rest:
        name = words.text("table.other_reasons", len(rest), n=len(rest))
        amount = sum((row.amount for row in rest), Decimal(0))
        body.append(
            (
                words_cell(name, "l q"),
                Cell(),
                Cell(),
                count_cell(sum(r.rows for r in rest)),
                amount_cell(amount, unit),
            )
        )
    total = sum((row.amount for row in rows), Decimal(0))
    foot = (
        words_cell(words.text("table.total")),
        Cell(),
        Cell(),
        count_cell(count),
        amount_cell(total, unit),
    )
    headings = ("reason", "kind", "level", "rows", "amount")
    columns = tuple(
        Column(words.text(f"table.{key}"), "l" if key in {"reason", "kind", "level"} else "")
        for key in headings
    )
    table = Table(words.text("table.reason"), columns, tuple(body), (foot,), css="tight")
    title = words.text("card.refused.title", count, n=numbers.count(count))
    sub = words.text("card.refused.sub", unit=unit.label)
    return Card("refused", span, title, sub, blocks=(Block(table),))


def _reason_cells(row: QuarantineReason, unit: numbers.TableUnit) -> tuple[Cell, ...]:
    return (
        words_cell(row.reason, "l wrap"),
        words_cell(kind_words(row.kind)),
        Cell(words.text(f"severity.{row.severity}"), "l", status=_STATUS.get(row.severity, "wa")),
        count_cell(row.rows),
        amount_cell(row.amount, unit),
    )
