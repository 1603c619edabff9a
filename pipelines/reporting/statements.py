"""Customer statements 对账单: opening, every document of the period, closing and its age. One file a customer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pipelines.reporting import buckets, numbers, periods, words
from pipelines.reporting.table import Cell, Column, Table, words_cell
from pipelines.reporting.words import EMPTY, Text

_SAFE = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


@dataclass(frozen=True)
class Line:
    """One document: its date, kind (invoice, credit_note or payment), number, due date and signed amount."""

    document_date: date
    kind: str
    document_id: str
    due_date: date | None
    amount: Decimal


@dataclass(frozen=True)
class Account:
    """What one customer owes in one currency: opening, lines in the order of days, and what is open by age."""

    currency: str
    opening: Decimal
    lines: tuple[Line, ...]
    aging: tuple[Decimal, ...]

    @property
    def closing(self) -> Decimal:
        """Return the balance at the end of the period."""
        return self.opening + sum((line.amount for line in self.lines), Decimal(0))

    @property
    def is_tied(self) -> bool:
        """Whether the aging of open items adds up to the closing balance."""
        return sum(self.aging, Decimal(0)) == self.closing


@dataclass(frozen=True)
class Statement:
    """The statement of one customer over a period, one account a currency."""

    customer_id: str
    customer_name: str
    address: str
    tax_id: str
    contact_name: str
    sales_rep: str
    start: date
    end: date
    accounts: tuple[Account, ...]
    bounds: tuple[int, ...]
    basis: str = "due"


def statement_file(statement: Statement) -> str:
    """Return the file's name: the customer's number, made safe; what was changed is told apart by a hash."""
    number = statement.customer_id
    safe = "".join(character if character in _SAFE else "_" for character in number)[:60]
    if safe != number or not safe:
        safe += "-" + hashlib.sha256(number.encode()).hexdigest()[:8]
    return f"statements/{safe}.html"


def statement_title(statement: Statement) -> Text:
    """Return the title of a statement."""
    return words.text("statement.title", name=statement.customer_name or statement.customer_id)


def statement_meta(statement: Statement) -> Text:
    """Return the line below the title."""
    return words.text("statement.meta", period=periods.span(statement.start, statement.end))


def tables(statement: Statement) -> Iterator[tuple[Text, Table, Table, bool]]:
    """Yield heading, documents, aging and whether they tie, for each currency."""
    for account in statement.accounts:
        heading = words.text(
            "statement.account",
            currency=account.currency,
            balance=numbers.full_money(account.closing, account.currency),
        )
        yield heading, _documents(statement, account), _aging(statement, account), account.is_tied


def _amount(value: Decimal | None) -> Cell:
    return Cell(EMPTY if value is None else words.same(numbers.grouped(value, 2)))


def _documents(statement: Statement, account: Account) -> Table:
    balance = account.opening
    first = (Cell(periods.day(statement.start), "l"), words_cell(words.text("statement.opening")))
    rows: list[tuple[Cell, ...]] = [(*first, Cell(), Cell(), Cell(), Cell(), _amount(balance))]
    for line in account.lines:
        balance += line.amount
        rows.append(_document(line, balance))
    charged = sum((line.amount for line in account.lines if line.amount >= 0), Decimal(0))
    settled = -sum((line.amount for line in account.lines if line.amount < 0), Decimal(0))
    last = (
        Cell(periods.day(statement.end), "l"),
        words_cell(words.text("statement.closing")),
        Cell(),
        Cell(),
    )
    foot = (*last, _amount(charged), _amount(settled), _amount(account.closing))
    headings = ("date", "kind", "document", "due", "owed", "settled", "balance")
    columns = tuple(
        Column(words.text(f"statement.column.{key}"), "" if key in {"owed", "settled", "balance"} else "l")
        for key in headings
    )
    return Table(words.text("statement.documents"), columns, tuple(rows), (foot,), css="statement")


def _document(line: Line, balance: Decimal) -> tuple[Cell, ...]:
    charged, settled = (line.amount, None) if line.amount >= 0 else (None, -line.amount)
    return (
        Cell(periods.day(line.document_date), "l"),
        words_cell(words.text(f"statement.{line.kind}")),
        words_cell(line.document_id),
        Cell(periods.day(line.due_date) if line.kind == "invoice" else EMPTY, "l"),
        _amount(charged),
        _amount(settled),
        _amount(balance),
    )


def _aging(statement: Statement, account: Account) -> Table:
    labels = buckets.labels(statement.bounds, statement.basis)
    columns = (*(Column(label, "r") for label in labels), Column(words.text("table.total")))
    cells = (*(_amount(amount) for amount in account.aging), _amount(sum(account.aging, Decimal(0))))
    return Table(words.text("statement.aging"), columns, (cells,), css="tight", head=-1)
