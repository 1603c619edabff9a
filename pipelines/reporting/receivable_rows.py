"""Plain rows about receivables and what is to be done today, as the pages read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property


@dataclass(frozen=True)
class DueRow:
    """What is not yet due and falls due in a window of days: open items and amount, in base currency."""

    key: str
    items: int
    amount: Decimal


class Aged:
    """Open amounts by bucket, and what of them is past its due date.

    `past_due` is told where the buckets are by invoice date; None where they are by due date: then it is all beyond
    bucket 0.
    """

    amounts: tuple[Decimal, ...]
    past_due: Decimal | None

    @cached_property  # tables, their totals and their order all ask for it
    def total(self) -> Decimal:
        """Return the open balance."""
        return sum(self.amounts, Decimal(0))

    @property
    def overdue(self) -> Decimal:
        """Return what is past due."""
        return sum(self.amounts[1:], Decimal(0)) if self.past_due is None else self.past_due


def overdue_share(*rows: Aged) -> Decimal | None:
    """Return what is past due as a share of the balance; None when the balance is zero or a credit."""
    total = sum((row.total for row in rows), Decimal(0))
    return sum((row.overdue for row in rows), Decimal(0)) / total if total > 0 else None


@dataclass(frozen=True)
class AgingRow(Aged):
    """Open receivables of one customer, sales rep or currency by bucket (0 is not due), in one currency."""

    key: str
    name: str
    currency: str
    amounts: tuple[Decimal, ...]
    past_due: Decimal | None = None


@dataclass(frozen=True)
class AgingMonth(Aged):
    """The open balance of one month end by bucket, in base currency."""

    month_end: date
    amounts: tuple[Decimal, ...]
    past_due: Decimal | None = None


@dataclass(frozen=True)
class OverdueCustomer(Aged):
    """A row of the collections worklist: one customer in one currency with something overdue.

    Amounts and `oldest_days` are those of the currency; the rest is of the customer as a whole.
    """

    customer_id: str
    customer_name: str
    sales_rep: str
    currency: str
    terms_days: int | None
    amounts: tuple[Decimal, ...]
    oldest_days: int
    next_step: str = ""
    owner: str = ""
    last_contact: date | None = None
    promised_date: date | None = None
    is_promise_broken: bool = False
    credit_use: Decimal | None = None
    is_urgent: bool = False
    is_important: bool = False
    phone: str = ""
    past_due: Decimal | None = None
    last_method: str = ""
    promises_kept: int = 0
    promises_broken: int = 0
    is_delivery_held: bool = False

    @property
    def promise_rate(self) -> Decimal | None:
        """Return the share of settled promises that were kept; None where none is settled."""
        settled = self.promises_kept + self.promises_broken
        return Decimal(self.promises_kept) / settled if settled else None


@dataclass(frozen=True)
class Hold:
    """One customer who gets no more goods for now, the code of the reason, and what waits; in base currency.

    Amounts are None where an exchange rate is missing.
    """

    customer_id: str
    customer_name: str
    reason: str
    step: str
    balance: Decimal | None
    overdue: Decimal | None
    oldest_days: int | None
    credit_limit: Decimal | None
    credit_use: Decimal | None
    orders: int
    waiting: Decimal
    sales_rep: str


@dataclass(frozen=True)
class Reconciled:
    """How one customer's account in one currency went from the opening of a period to its closing, all signed.

    opening + invoiced + credited + collected + refunded + adjusted = closing; `open` is what its open items come to.
    """

    customer_id: str
    customer_name: str
    currency: str
    opening: Decimal
    invoiced: Decimal
    credited: Decimal
    collected: Decimal
    refunded: Decimal
    adjusted: Decimal
    closing: Decimal
    open: Decimal


@dataclass(frozen=True)
class Receivables:
    """What is open at the end of one day, by sales rep and by customer, and who is overdue."""

    day: date
    by_rep: tuple[AgingRow, ...] = ()
    by_customer: tuple[AgingRow, ...] = ()
    overdue: tuple[OverdueCustomer, ...] = ()


@dataclass(frozen=True)
class RollForward:
    """Receivables from the period's opening to its closing, in base currency. Amounts after the opening are signed."""

    opening_date: date
    closing_date: date
    opening: Decimal
    steps: tuple[tuple[str, Decimal], ...]
    closing: Decimal


@dataclass(frozen=True)
class CollectionMonth:
    """How fast receivables of the base currency turned into cash up to one month end.

    Days of sales outstanding: simple, counted back (`is_at_least` when the known months did not use it up), the best
    there could be, and the days that are overdue; `effectiveness` (CEI) is in percent. None where it means nothing.
    """

    month_end: date
    dso: Decimal | None
    counted_back: Decimal | None
    is_at_least: bool
    best_possible: Decimal | None
    delinquent: Decimal | None
    effectiveness: Decimal | None


@dataclass(frozen=True)
class ForecastWeek:
    """What is expected to come in of what is open, in one week from the as-of day on, in base currency documents.

    `week_end` is None for what comes later or never, and for customers without a habit to go by (`has_habit` False).
    """

    week_no: int
    week_end: date | None
    amount: Decimal
    has_habit: bool = True


@dataclass(frozen=True)
class IssueKind:
    """One kind of thing to look at on the `list` invoice or contract: how many, the money, the oldest."""

    list: str
    kind: str
    items: int
    oldest_days: int | None
    amount: Decimal | None


@dataclass(frozen=True)
class LossRow:
    """What is open in one bucket (0 is not due), its loss rate as a share of 1, and the allowance, in base currency."""

    bucket_no: int
    balance: Decimal
    rate: Decimal | None
    allowance: Decimal


@dataclass(frozen=True)
class RollRow:
    """Of what was in one bucket at the month ends, how much was in the next one a month later, as a share of 1."""

    bucket_no: int
    held: Decimal
    rolled: Decimal
    rate: Decimal | None


@dataclass(frozen=True)
class GuessedRow:
    """What is open in one bucket (0 is not due), and what would be if every guess were wrong, in base currency."""

    bucket_no: int
    amount: Decimal
    named_amount: Decimal


@dataclass(frozen=True)
class GuessedCustomer:
    """One customer of whose debt guesses decide the age of an amount, in base currency."""

    customer_id: str
    customer_name: str
    moved: Decimal


@dataclass(frozen=True)
class LedgerTotal:
    """One day and currency of the general ledger: balances given, those that agree, both sides and the difference."""

    balance_date: date
    currency: str
    balances: int
    equal_balances: int
    open_amount: Decimal
    ledger_amount: Decimal
    difference_amount: Decimal


@dataclass(frozen=True)
class LedgerDifference:
    """One customer whose balance the ledger sees otherwise, with the code of the likeliest reason and its documents.

    `clue` and `documents` are empty where nothing explains the difference; `more` documents are not named.
    """

    balance_date: date
    customer_id: str
    customer_name: str
    currency: str
    open_amount: Decimal
    ledger_amount: Decimal
    difference_amount: Decimal
    clue: str = ""
    documents: tuple[str, ...] = ()
    more: int = 0


@dataclass(frozen=True)
class TieOut:
    """A comparison of two ways to the same figure; `difference` is 0 or nothing would have been published."""

    key: str
    difference: Decimal


@dataclass(frozen=True)
class DeskItem:
    """One thing to do today. `kind` names its list: late_order, to_invoice, contract_ending or exception."""

    kind: str
    document_id: str
    customer_name: str
    amount: Decimal | None
    currency: str
    due_date: date | None
    days: int
    owner: str
    is_urgent: bool = False
    is_important: bool = False
    note: str = ""
