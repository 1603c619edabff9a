"""A customer's statement as a workbook: documents, open items and their age, a sheet each for each currency."""

from __future__ import annotations

from decimal import Decimal

from pipelines.reporting import buckets, numbers, periods, words
from pipelines.reporting.sheet_rows import Value
from pipelines.reporting.statements import Account, Line, Statement, statement_title
from pipelines.reporting.workbooks import Book, Field, Sheet


def statement_book(statement: Statement, lang: str) -> Book:
    """Return the workbook of a statement; its notes hold the opening and closing balance of each account."""
    sheets: list[Sheet] = []
    notes = [
        (words.text("statement.customer"), words.same(f"{statement.customer_id} {statement.customer_name}"))
    ]
    span = periods.span(statement.start, statement.end)
    notes.append((words.text("table.period"), span))
    for account in statement.accounts:
        sheets += [
            _documents(statement, account, lang),
            _open_items(account, lang),
            _aging(statement, account, lang),
        ]
        for key, balance in (("opening", account.opening), ("closing", account.closing)):
            notes.append((words.text(f"statement.{key}"), numbers.full_money(balance, account.currency)))
        if not account.is_tied:
            notes.append((words.text("statement.aging"), words.text("statement.not_tied")))
    if not statement.accounts:
        notes.append((words.text("statement.documents"), words.text("statement.none")))
    notes.append((words.text("book.what_to_do"), words.text("statement.confirm")))
    return Book(statement_title(statement), tuple(sheets), tuple(notes))


def _documents(statement: Statement, account: Account, lang: str) -> Sheet:
    fields = (
        Field(words.text("statement.column.date"), "date", 12),
        Field(words.text("statement.column.kind"), "text", 18),
        Field(words.text("statement.column.document"), "text", 22),
        Field(words.text("statement.column.due"), "date", 12),
        Field(words.text("statement.column.owed"), "amount", 16, has_total=True),
        Field(words.text("statement.column.settled"), "amount", 16, has_total=True),
        Field(words.text("statement.column.balance"), "amount", 16),
    )
    opening, closing = (words.text(f"statement.{key}").of(lang) for key in ("opening", "closing"))
    balance = account.opening
    rows: list[tuple[Value, ...]] = [(statement.start, opening, None, None, None, None, balance)]
    for line in account.lines:
        balance += line.amount
        rows.append(_document(line, balance, lang))
    rows.append((statement.end, closing, None, None, None, None, balance))
    name = words.text("book.sheet_by", what=words.text("statement.documents"), currency=account.currency)
    return Sheet(name, fields, rows)


def _document(line: Line, balance: Decimal, lang: str) -> tuple[Value, ...]:
    charged, settled = (line.amount, None) if line.amount >= 0 else (None, -line.amount)
    due = line.due_date if line.kind == "invoice" else None
    kind = words.text(f"statement.{line.kind}").of(lang)
    return line.document_date, kind, line.document_id, due, charged, settled, balance


def _open_items(account: Account, lang: str) -> Sheet:
    fields = (
        Field(words.text("statement.column.date"), "date", 12),
        Field(words.text("statement.column.kind"), "text", 18),
        Field(words.text("statement.column.document"), "text", 22),
        Field(words.text("statement.column.due"), "date", 12),
        Field(words.text("statement.column.amount"), "amount", 16),
        Field(words.text("statement.column.open"), "amount", 16, has_total=True),
        Field(words.text("statement.column.late"), "count", 10),
    )
    rows: list[tuple[Value, ...]] = [
        (
            item.document_date,
            words.text(f"statement.{item.kind}").of(lang),
            item.document_id,
            item.due_date if item.kind in {"invoice", "instalment"} else None,
            item.amount,
            item.open_amount,
            item.days_late if item.days_late > 0 and item.open_amount > 0 else None,
        )
        for item in account.open_items
    ]
    name = words.text("book.sheet_by", what=words.text("statement.open_items"), currency=account.currency)
    return Sheet(name, fields, rows)


def _aging(statement: Statement, account: Account, lang: str) -> Sheet:
    labels = buckets.labels(statement.bounds, statement.basis)
    fields = (
        Field(words.text("statement.aging"), "text", 22),
        Field(words.text("table.amount"), "amount", 16, has_total=True),
    )
    rows = [(label.of(lang), amount) for label, amount in zip(labels, account.aging, strict=True)]
    name = words.text("book.sheet_by", what=words.text("statement.aging"), currency=account.currency)
    return Sheet(name, fields, rows)
