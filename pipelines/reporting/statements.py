"""Customer statements 对账单: opening, every document of the period, closing, what is open and a slip to return."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pipelines.reporting import buckets, numbers, periods, words
from pipelines.reporting.capitals import capitals
from pipelines.reporting.file_names import plain_name
from pipelines.reporting.table import Cell, Column, Table, words_cell
from pipelines.reporting.words import EMPTY, Text

_MOVEMENTS = {
    "invoiced": {"invoice"},
    "credited": {"credit_note"},
    "collected": {"payment"},
    "refunded": {"refund"},
    "adjusted": {"write_off", "discount", "bank_fee", "fx"},
}
_ALWAYS = ("invoiced", "collected")


@dataclass(frozen=True)
class Line:
    """One document: its date, number, due date and signed amount.

    `kind` is invoice or credit_note, or that of a payment line: payment, refund, write_off, discount, bank_fee or fx.
    """

    document_date: date
    kind: str
    document_id: str
    due_date: date | None
    amount: Decimal


@dataclass(frozen=True)
class OpenItem:
    """One document, or instalment of one, that is not settled at the end: its amount, what is open, and how late."""

    document_date: date
    kind: str
    document_id: str
    due_date: date
    amount: Decimal
    open_amount: Decimal
    days_late: int


@dataclass(frozen=True)
class Account:
    """What one customer owes in one currency: opening, lines in the order of days, what is open by age and by item."""

    currency: str
    opening: Decimal
    lines: tuple[Line, ...]
    aging: tuple[Decimal, ...]
    open_items: tuple[OpenItem, ...] = ()

    def moved(self, movement: str) -> Decimal:
        """Return what the documents of one movement come to: invoiced, credited, collected, refunded or adjusted."""
        kinds = _MOVEMENTS[movement]
        return sum((line.amount for line in self.lines if line.kind in kinds), Decimal(0))

    @property
    def closing(self) -> Decimal:
        """Return the balance at the end of the period."""
        return self.opening + sum((line.amount for line in self.lines), Decimal(0))

    @property
    def is_tied(self) -> bool:
        """Whether open items, by age and one by one, add up to the closing balance."""
        listed = sum((item.open_amount for item in self.open_items), Decimal(0))
        return sum(self.aging, Decimal(0)) == self.closing and listed in (self.closing, 0)


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
    """Return the file's name: the customer's number, made safe."""
    return f"statements/{plain_name(statement.customer_id)}.html"


def statement_title(statement: Statement) -> Text:
    """Return the title of a statement."""
    return words.text("statement.title", name=statement.customer_name or statement.customer_id)


def statement_meta(statement: Statement) -> Text:
    """Return the line below the title."""
    return words.text("statement.meta", start=periods.day(statement.start), end=periods.day(statement.end))


@dataclass(frozen=True)
class AccountPage:
    """One currency's part of a statement: how it moved, documents, open items, their age, and the slip to return."""

    heading: Text
    summary: Table
    documents: Table
    open_items: Table | None
    aging: Table
    slip: tuple[Text, ...]
    is_tied: bool


def account_pages(statement: Statement, company: str) -> Iterator[AccountPage]:
    """Yield the part of each currency, for a statement that `company` (may be empty) sends out."""
    for account in statement.accounts:
        balance = numbers.full_money(account.closing, account.currency)
        yield AccountPage(
            words.text("statement.account", currency=account.currency, balance=balance),
            _summary(statement, account),
            _documents(statement, account),
            _open_items(account),
            _aging(statement, account),
            _slip(statement, account, company),
            account.is_tied,
        )


def _slip(statement: Statement, account: Account, company: str) -> tuple[Text, ...]:
    """Return the lines of the slip: to whom, the balance in figures (and, for renminbi, capitals), what to tick."""
    to = words.text("statement.slip.to", company=company) if company else words.text("statement.slip.to_you")
    name = statement.customer_name or statement.customer_id
    balance = numbers.full_money(account.closing, account.currency)
    told = words.text("statement.slip.balance", name=name, date=periods.day(statement.end), balance=balance)
    if account.currency == "CNY":
        written = capitals(account.closing)
        told = words.Text(told.zh + words.text("statement.slip.capitals", amount=written).zh, told.en)
    return (to, told, words.text("statement.slip.agree"), words.text("statement.slip.differ"))


def _summary(statement: Statement, account: Account) -> Table:
    """Return opening, each movement and closing in one row: it is read before anything else."""
    shown = [key for key in _MOVEMENTS if key in _ALWAYS or account.moved(key)]
    keys = ["opening", *shown, "closing"]
    amounts = [account.opening, *(account.moved(key) for key in shown), account.closing]
    if statement.basis == "due":
        keys.append("overdue")
        amounts.append(sum(account.aging[1:], Decimal(0)))
    columns = tuple(Column(words.text(f"statement.{key}"), "r") for key in keys)
    row = tuple(_amount(amount) for amount in amounts)
    return Table(words.text("statement.summary"), columns, (row,), css="tight summary", head=-1)


def _open_items(account: Account) -> Table | None:
    if not account.open_items:
        return None
    keys = ("date", "kind", "document", "due", "amount", "open", "late")
    columns = tuple(
        Column(words.text(f"statement.column.{key}"), "" if key in {"amount", "open", "late"} else "l")
        for key in keys
    )
    rows = tuple(
        (
            Cell(periods.day(item.document_date), "l"),
            words_cell(words.text(f"statement.{item.kind}")),
            words_cell(item.document_id),
            Cell(periods.day(item.due_date) if item.kind in {"invoice", "instalment"} else EMPTY, "l"),
            _amount(item.amount),
            _amount(item.open_amount),
            Cell(numbers.days(item.days_late) if item.days_late > 0 and item.open_amount > 0 else EMPTY),
        )
        for item in account.open_items
    )
    total = sum((item.open_amount for item in account.open_items), Decimal(0))
    label = words_cell(words.text("table.total"))
    foot = (label, Cell(), Cell(), Cell(), Cell(), _amount(total), Cell())
    return Table(words.text("statement.open_items"), columns, rows, (foot,), css="statement")


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
