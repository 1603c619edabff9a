"""Long accounts, in which an early guess moves much that follows, against the slow ledger."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random

import pytest

from pipelines import warehouse
from tests.metrics.receivables import accounts
from tests.metrics.receivables.applications import applications
from tests.metrics.receivables.ledger import Invoice, Ledger, Payment, merged

DAYS = 60


def _account(random: Random, amounts: list[int], named_share: float, back_share: float) -> accounts.Account:
    """Up to 40 invoices with credit notes, and up to 60 payment lines; some name a document, some take money back."""

    def number_of_days(most: int) -> timedelta:
        return timedelta(days=random.randrange(most))

    invoices = []
    for number in range(random.randint(1, 40)):
        day = accounts.FIRST + number_of_days(DAYS)
        due = day + number_of_days(7) - timedelta(days=2)
        invoices.append(Invoice(f"I{number:02}", day, due, random.choice(amounts)))
    names: list[str | None] = [each.number for each in invoices]
    for number in range(random.randint(0, 4)):
        day = accounts.FIRST + number_of_days(DAYS)
        link = random.choice([None, *names])
        invoices.append(Invoice(f"N{number}", day, day, -random.choice(amounts), credits=link))
    lines: Counter[str] = Counter()
    payments = []
    for place in range(random.randint(0, 60)):
        paid = f"P{place // 2:02}"
        lines[paid] += 1
        kind = "refund" if random.random() < back_share else random.choice(["payment"] * 9 + ["discount"])
        target = random.choice(names) if random.random() < named_share else None
        day = accounts.FIRST + number_of_days(DAYS)
        # Distinct amounts within a payment: a second line that says the same is held back by a rule of its own.
        amount = (random.choice(amounts) + lines[paid] - 1) * (-1 if kind == "refund" else 1)
        payments.append(Payment(paid, lines[paid], day, amount, target, kind))
    return invoices, payments


@pytest.mark.parametrize(
    ("amounts", "named_share", "back_share"),
    [
        # Few amounts: payments find their invoice, several or none, and hang on each other.
        ([10, 20, 30, 40, 50], 0.3, 0.05),
        ([100], 0.1, 0.02),
        # Many amounts: guesses go oldest first and cross the named ones.
        (list(range(10, 200)), 0.5, 0.03),
        (list(range(10, 200)), 0.0, 0.0),
    ],
)
def test_applications_of_long_accounts_equal_the_slow_ledger(
    amounts: list[int], named_share: float, back_share: float
) -> None:
    random = Random(20261125)  # noqa: S311 - seeded on purpose
    ledgers = {f"C{number}": _account(random, amounts, named_share, back_share) for number in range(8)}
    with warehouse.connect() as connection:
        accounts.build(connection, ledgers)
        for customer, (invoices, lines) in ledgers.items():
            assert applications(connection, customer) == merged(Ledger(invoices, lines).run())
