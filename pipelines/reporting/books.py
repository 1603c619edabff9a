"""The workbooks of a run: aging, worklist, metrics and quarantine."""

from __future__ import annotations

from decimal import Decimal

from pipelines.reporting import buckets, numbers, phrases, words
from pipelines.reporting.cards.overdue_table import step_words
from pipelines.reporting.cards.quality import kind_words
from pipelines.reporting.cards.worklist import method_words, order, quadrant
from pipelines.reporting.facts import RunFacts
from pipelines.reporting.receivable_sheets import accounts, holds, ledger
from pipelines.reporting.review import AgingRow, OverdueCustomer, ReviewData
from pipelines.reporting.sheet_rows import Value
from pipelines.reporting.words import Text
from pipelines.reporting.workbooks import Book, Field, Sheet, text_field


def books(data: ReviewData, run: RunFacts) -> dict[str, Book]:
    """Return the workbooks by file name."""
    return {
        "aging.xlsx": _aging(data, run),
        "worklist.xlsx": _worklist(data, run),
        "metrics.xlsx": _metrics(data, run.lang),
        "quarantine.xlsx": _quarantine(data, run),
    }


def _definition_notes(data: ReviewData, names: tuple[str, ...]) -> tuple[tuple[Text, Text], ...]:
    notes = []
    for name in names:
        found = phrases.definition_of(data, name)
        if found is not None:
            notes.append(
                (found.label, words.text("book.definition", words=found.words, leaves_out=found.leaves_out))
            )
    return tuple(notes)


def _by_currency(rows: tuple[AgingRow, ...]) -> dict[str, list[AgingRow]]:
    found: dict[str, list[AgingRow]] = {}
    for row in sorted(rows, key=lambda row: (row.currency, -row.total, row.key)):
        found.setdefault(row.currency, []).append(row)
    return found


def _aging(data: ReviewData, run: RunFacts) -> Book:
    title = words.text("file.aging")
    receivables = data.current
    if receivables is None:
        return Book(title, (), ((title, words.text("empty.receivables")),))
    labels = buckets.labels(data.bounds, run.aging_basis)
    amounts = tuple(Field(label, "amount", 15, has_total=True) for label in labels)
    totals = (
        Field(words.text("table.receivable"), "amount", 16, has_total=True),
        Field(words.text("table.overdue"), "amount", 16, has_total=True),
    )
    sheets, ties = [], []
    for key, rows in (("customer", receivables.by_customer), ("rep", receivables.by_rep)):
        heads = (
            (text_field("code", 14), text_field("customer", 34))
            if key == "customer"
            else (text_field("rep", 20),)
        )
        for currency, mine in _by_currency(rows).items():
            body: list[tuple[Value, ...]] = [
                (
                    *((row.key, row.name) if key == "customer" else (row.name,)),
                    *row.amounts,
                    row.total,
                    row.overdue,
                )
                for row in mine
            ]
            name = words.text("book.sheet_by", what=words.text(f"table.{key}"), currency=currency)
            sheets.append(Sheet(name, (*heads, *amounts, *totals), body))
            total = sum((row.total for row in mine), Decimal(0))
            ties.append((words.text("book.tie", sheet=name), numbers.full_money(total, currency)))
    notes = (*_definition_notes(data, ("receivables", "overdue", "overdue_share")), *ties)
    return Book(title, (*sheets, *accounts(data, run.lang), *ledger(data, run.lang)), notes)


def _worklist(data: ReviewData, run: RunFacts) -> Book:
    title = words.text("file.worklist")
    rows = data.current.overdue if data.current else ()
    labels = buckets.labels(data.bounds, run.aging_basis)
    fields = (
        text_field("code"),
        text_field("customer", 34),
        text_field("rep", 16),
        text_field("owner", 16),
        text_field("phone", 16),
        text_field("currency", 9),
        *(Field(label, "amount", 14) for label in labels),
        Field(words.text("table.receivable"), "amount", 16),
        Field(words.text("table.overdue"), "amount", 16),
        Field(words.text("table.oldest_days"), "count", 10),
        Field(words.text("table.credit_use"), "rate", 10),
        Field(words.text("table.last_contact"), "date", 12),
        text_field("method", 12),
        Field(words.text("table.promise"), "date", 12),
        text_field("promise_state", 12),
        Field(words.text("table.promises_kept"), "count", 10),
        Field(words.text("table.promises_broken"), "count", 10),
        Field(words.text("table.promise_rate"), "rate", 10),
        text_field("quadrant", 16),
        text_field("next_step", 30),
        text_field("held_back", 12),
    )
    ordered = sorted(rows, key=order)
    body = [_worklist_row(row, run.lang) for row in ordered]
    notes = list(_definition_notes(data, ("overdue",)))
    for currency in sorted({row.currency for row in rows}):
        total = sum((row.overdue for row in rows if row.currency == currency), Decimal(0))
        notes.append((words.text("book.tie", sheet=currency), numbers.full_money(total, currency)))
    if not rows:
        notes.append((title, words.text("empty.overdue")))
    sheets = [Sheet(title, fields, body)]
    if data.holds:
        sheets.append(holds(data.holds, run.lang))
    return Book(title, tuple(sheets), tuple(notes))


def _worklist_row(row: OverdueCustomer, lang: str) -> tuple[Value, ...]:
    return (
        row.customer_id,
        row.customer_name,
        row.sales_rep,
        row.owner,
        row.phone,
        row.currency,
        *row.amounts,
        row.total,
        row.overdue,
        row.oldest_days,
        row.credit_use,
        row.last_contact,
        method_words(row.last_method).of(lang),
        row.promised_date,
        words.text("state.promise_broken").of(lang) if row.is_promise_broken else "",
        row.promises_kept,
        row.promises_broken,
        row.promise_rate,
        quadrant(is_urgent=row.is_urgent, is_important=row.is_important).of(lang),
        step_words(row.next_step).of(lang),
        words.text("table.held_back").of(lang) if row.is_delivery_held else "",
    )


def _metrics(data: ReviewData, lang: str) -> Book:
    fields = (
        text_field("metric_code", 24),
        text_field("metric", 22),
        text_field("grain", 10),
        Field(words.text("table.period"), "date", 12),
        Field(words.text("table.numerator"), "number", 20),
        Field(words.text("table.denominator"), "number", 20),
        Field(words.text("table.value"), "number", 20),
        text_field("complete", 12),
    )
    labels = {definition.name: definition.label for definition in data.definitions}
    body: list[tuple[Value, ...]] = [
        (
            row.metric,
            labels.get(row.metric, words.same(row.metric)).of(lang),
            row.grain,
            row.period_start,
            row.numerator,
            row.denominator,
            row.value,
            row.is_complete,
        )
        for row in data.metric_rows
    ]
    title = words.text("file.metrics")
    names = tuple(definition.name for definition in data.definitions)
    return Book(title, (Sheet(title, fields, body),), _definition_notes(data, names))


def _quarantine(data: ReviewData, run: RunFacts) -> Book:
    title = words.text("file.quarantine")
    fields = (
        text_field("file", 28),
        text_field("part", 14),
        Field(words.text("table.row"), "count", 8),
        text_field("kind", 12),
        text_field("document", 20),
        text_field("column", 16),
        text_field("found", 28),
        text_field("expected", 28),
        text_field("reason", 40),
        Field(words.text("table.amount"), "amount", 16),
        text_field("currency", 9),
    )
    body: list[tuple[Value, ...]] = [
        (
            row.file_name,
            row.source_part,
            row.source_row,
            kind_words(row.kind).of(run.lang),
            row.document_key,
            row.column_name,
            row.found,
            row.expected.of(run.lang),
            row.reason.of(run.lang),
            row.amount,
            row.currency,
        )
        for row in data.quarantine_rows
    ]
    notes = [(words.text("book.what_to_do"), words.text("book.quarantine"))]
    known = sum(reason.rows for reason in data.quarantine)
    if not body:
        notes.append((title, words.text("empty.quarantine")))
    elif known > len(body):
        notes.append((title, words.text("book.quarantine_first", rows=f"{len(body):,}", all=f"{known:,}")))
    return Book(title, (Sheet(title, fields, body),), tuple(notes))
