"""A slow, obvious ledger of one account, written without a look at the SQL: day by day, document by document.

Amounts are whole numbers. A document names at most one other. The account is kept as a list of open amounts in the
order they are paid by guess, and a list of cash that waits for one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Invoice:
    """An invoice, or a credit note (amount below zero) that may credit an invoice."""

    number: str
    day: date
    due: date
    amount: int
    credits: str | None = None
    instalments: tuple[tuple[date, int], ...] = ()


@dataclass(frozen=True)
class Payment:
    """A payment line; below zero it is money that went back."""

    number: str
    line: int
    day: date
    amount: int
    names: str | None = None
    kind: str = "payment"
    allocated: date | None = None


@dataclass(frozen=True, order=True)
class Application:
    """What one document (`payment` with line, or a credit note) did to another from a day on."""

    day: date
    source: str
    line: int
    target: str
    amount: int
    rule: str


@dataclass
class _Open:
    """An open amount in the row of those that guesses fill, first in the list first."""

    number: str
    amount: int
    is_invoice: bool = True
    refund_line: int = 0


@dataclass
class Ledger:
    """One account (customer and currency) run through all its days. `run` fills `applications`."""

    invoices: Iterable[Invoice]
    payments: Iterable[Payment]
    may_guess: bool = True
    applications: list[Application] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Sort the documents by what they name."""
        self.issued = {each.number: each for each in self.invoices}
        self.row: list[_Open] = []
        self.waiting: list[tuple[Payment, int]] = []
        self.surplus: list[tuple[Payment, int]] = []
        self.credit_left = {each.number: -each.amount for each in self.invoices if each.amount < 0}
        self.open_named: dict[str, int] = {}

    def run(self) -> list[Application]:
        """Live through every day on which anything happens, and return the applications in order."""
        days = sorted(
            {each.day for each in self.issued.values()}
            | {self.counts_from(each) for each in self.payments}
            | {day for day in map(self.credit_day, self.issued.values()) if day}
        )
        for day in days:
            self._live(day)
        return sorted(self.applications)

    def counts_from(self, payment: Payment) -> date:
        """The latest of payment date, named document's date and allocation date."""
        days = [payment.day]
        if payment.allocated:
            days.append(payment.allocated)
        if payment.names in self.issued:
            days.append(self.issued[payment.names].day)
        return max(days)

    def credit_day(self, note: Invoice) -> date | None:
        """The day a linked credit note counts; None when it credits no invoice of this account."""
        original = self.issued.get(note.credits or "")
        if note.amount >= 0 or original is None or original.amount < 0:
            return None
        return max(note.day, original.day)

    def _live(self, day: date) -> None:
        arrived = [each for each in self.issued.values() if each.day == day and each.amount >= 0]
        for invoice in sorted(arrived, key=lambda each: (each.due, each.number)):
            self.row.append(_Open(invoice.number, invoice.amount))
        today = sorted(
            (each for each in self.payments if self.counts_from(each) == day),
            key=lambda each: (each.day, each.number, each.line),
        )
        self._credit(day)
        for payment in today:
            if self._names_invoice(payment) and payment.amount > 0:
                self._claim(day, payment)
        self._use_waiting(day)
        if self.may_guess:
            unnamed = [
                each for each in today if not each.names and each.amount > 0 and each.kind == "payment"
            ]
            amounts = [each.amount for each in unnamed]
            for payment in unnamed:
                self._guess(day, payment, payment.amount, may_match=amounts.count(payment.amount) == 1)
        for payment in today:
            if payment.amount < 0:
                self._take_back(day, payment)
        self._use_waiting(day)

    def _names_invoice(self, payment: Payment) -> bool:
        return payment.names in self.issued and self.issued[payment.names].amount >= 0

    def _credit(self, day: date) -> None:
        notes = [each for each in self.issued.values() if self.credit_day(each) == day]
        for note in sorted(notes, key=lambda each: (each.day, each.number)):
            used = self._fill(str(note.credits), self.credit_left[note.number])
            self.credit_left[note.number] -= used
            self._note(day, note.number, 0, str(note.credits), used, "credit_note")

    def _claim(self, day: date, payment: Payment) -> None:
        used = self._fill(str(payment.names), payment.amount)
        rule = "named" if payment.kind == "payment" else payment.kind
        self._note(day, payment.number, payment.line, str(payment.names), used, rule)
        if payment.kind == "payment" and payment.amount > used:
            self.surplus.append((payment, payment.amount - used))

    def _fill(self, number: str, amount: int) -> int:
        for each in self.row:
            if each.number == number and each.is_invoice:
                used = min(each.amount, amount)
                each.amount -= used
                self._drop_settled()
                return used
        return 0

    def _guess(self, day: date, payment: Payment, amount: int, *, may_match: bool) -> None:
        same = [each for each in self.row if each.is_invoice and each.amount == amount]
        if may_match and len(same) == 1:
            self._fill(same[0].number, amount)
            self._note(day, payment.number, payment.line, same[0].number, amount, "exact_amount")
            return
        self.waiting.append((payment, amount))
        self._use_waiting(day)

    def _use_waiting(self, day: date) -> None:
        while self.waiting and self.row:
            payment, amount = self.waiting.pop(0)
            first = self.row[0]
            used = min(first.amount, amount)
            first.amount -= used
            rule = "oldest_first" if first.is_invoice else "refund"
            target = first.number if first.is_invoice else f"{first.number}/{first.refund_line}"
            self._note(day, payment.number, payment.line, target, used, rule)
            self._drop_settled()
            if amount > used:
                self.waiting.insert(0, (payment, amount - used))

    def _use_surplus(self, day: date, back: Payment, amount: int) -> int:
        """Let money back use up what was paid beyond its invoice, or beyond any; return what it still wants."""
        kept = []
        for payment, left in self.surplus:
            used = min(amount, left) if back.names in (None, payment.names) else 0
            amount -= used
            self._note(day, payment.number, payment.line, f"{back.number}/{back.line}", used, "refund")
            if left > used:
                kept.append((payment, left - used))
        self.surplus = kept
        return amount

    def _take_back(self, day: date, payment: Payment) -> None:
        amount = -payment.amount
        rule = "named" if payment.kind == "payment" else payment.kind
        if payment.names and payment.names not in self.issued:
            return
        if payment.names in self.credit_left:
            used = min(amount, self.credit_left[payment.names])
            self.credit_left[payment.names] -= used
            self._note(day, payment.number, payment.line, payment.names, -used, rule)
            return
        if payment.kind in ("payment", "refund") and (payment.names or self.may_guess):
            amount = self._use_surplus(day, payment, amount)
        if payment.names:
            is_open = [each for each in self.row if each.number == payment.names and each.is_invoice]
            still = is_open[0].amount if is_open else 0
            back = min(amount, self.issued[payment.names].amount - still)
            if is_open:
                is_open[0].amount += back
            elif back:
                self.row.append(_Open(payment.names, back))
            self._note(day, payment.number, payment.line, payment.names, -back, rule)
            amount -= back
        elif not self.may_guess or payment.kind not in ("payment", "refund"):
            return
        if amount:
            self.row.append(_Open(payment.number, amount, is_invoice=False, refund_line=payment.line))
        self._use_waiting(day)

    def _drop_settled(self) -> None:
        self.row = [each for each in self.row if each.amount]

    def _note(self, day: date, source: str, line: int, target: str, amount: int, rule: str) -> None:
        if amount:
            self.applications.append(Application(day, source, line, target, amount, rule))


def merged(applications: Iterable[Application]) -> list[Application]:
    """Add up what the same documents did on one day by one rule."""
    sums: dict[tuple[date, str, int, str, str], int] = defaultdict(int)
    for each in applications:
        sums[each.day, each.source, each.line, each.target, each.rule] += each.amount
    return sorted(
        Application(day, source, line, target, amount, rule)
        for (day, source, line, target, rule), amount in sums.items()
        if amount
    )
