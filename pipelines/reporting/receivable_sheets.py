"""Sheets of the receivables workbooks: accounts reconciled, differences from the ledger, deliveries on hold."""

from __future__ import annotations

from decimal import Decimal

from pipelines.reporting import words
from pipelines.reporting.cards.accounts import MOVEMENTS, by_size
from pipelines.reporting.cards.certainty import documents
from pipelines.reporting.cards.holds import reason_words
from pipelines.reporting.review import Hold, Reconciled, ReviewData
from pipelines.reporting.sheet_rows import Value
from pipelines.reporting.workbooks import Field, Sheet, text_field


def accounts(data: ReviewData, lang: str, most: int = 10_000) -> list[Sheet]:
    """Return a sheet a currency: accounts from the opening of the month under review to its closing.

    Beyond `most`, the smallest stand in one row, so that the totals are those of all.
    """
    found: dict[str, list[Reconciled]] = {}
    for row in data.reconciled:
        found.setdefault(row.currency, []).append(row)
    fields = (
        text_field("code", 14),
        text_field("customer", 34),
        *(Field(words.text(f"statement.{key}"), "amount", 16, has_total=True) for key in MOVEMENTS),
        Field(words.text("table.open_items"), "amount", 16, has_total=True),
        Field(words.text("table.difference"), "amount", 14, has_total=True),
    )
    return [
        Sheet(
            words.text("book.sheet_by", what=words.text("book.accounts"), currency=currency),
            fields,
            [_account(row) for row in _largest(rows, most, lang)],
        )
        for currency, rows in sorted(found.items())
    ]


def _account(row: Reconciled) -> tuple[Value, ...]:
    moves = tuple(getattr(row, key) for key in MOVEMENTS)
    return (row.customer_id, row.customer_name, *moves, row.open, row.closing - row.open)


def _largest(rows: list[Reconciled], most: int, lang: str) -> list[Reconciled]:
    if len(rows) <= most:
        return rows
    ordered = sorted(rows, key=by_size)
    shown, rest = ordered[:most], ordered[most:]
    sums = {key: sum((getattr(row, key) for row in rest), Decimal(0)) for key in (*MOVEMENTS, "open")}
    name = words.text("table.other_customers", len(rest), n=len(rest)).of(lang)
    return [*shown, Reconciled("", name, rows[0].currency, **sums)]


def ledger(data: ReviewData, lang: str) -> list[Sheet]:
    """Return the sheet of customers whose balance the general ledger sees otherwise, with their likely documents."""
    if not data.ledger_differences:
        return []
    fields = (
        text_field("code", 14),
        text_field("customer", 34),
        text_field("currency", 9),
        Field(words.text("table.documents_say"), "amount", 16),
        Field(words.text("table.ledger_says"), "amount", 16),
        Field(words.text("table.difference"), "amount", 16),
        text_field("clue", 34),
        text_field("likely_documents", 44),
    )
    body: list[tuple[Value, ...]] = [
        (
            row.customer_id,
            row.customer_name,
            row.currency,
            row.open_amount,
            row.ledger_amount,
            row.difference_amount,
            words.text(f"ledger_clue.{row.clue}" if row.clue else "card.ledger.unexplained").of(lang),
            documents(row).of(lang),
        )
        for row in data.ledger_differences
    ]
    return [Sheet(words.text("book.ledger"), fields, body)]


def holds(rows: tuple[Hold, ...], lang: str) -> Sheet:
    """Return the sheet of customers who get no more goods for now."""
    fields = (
        text_field("code"),
        text_field("customer", 34),
        text_field("rep", 16),
        text_field("reason", 34),
        Field(words.text("table.receivable"), "amount", 16, has_total=True),
        Field(words.text("table.overdue"), "amount", 16, has_total=True),
        Field(words.text("table.oldest_days"), "count", 10),
        Field(words.text("table.credit_limit"), "amount", 16),
        Field(words.text("table.credit_use"), "rate", 10),
        Field(words.text("table.waiting_orders"), "count", 10, has_total=True),
        Field(words.text("table.waiting"), "amount", 16, has_total=True),
    )
    body: list[tuple[Value, ...]] = [
        (
            row.customer_id,
            row.customer_name,
            row.sales_rep,
            reason_words(row).of(lang),
            row.balance,
            row.overdue,
            row.oldest_days,
            row.credit_limit,
            row.credit_use,
            row.orders,
            row.waiting,
        )
        for row in rows
    ]
    return Sheet(words.text("card.holds.title_plain"), fields, body)
