"""Random accounts as hypothesis draws them, and their build from exports."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from pipelines import resources
from pipelines.warehouse import models
from tests import support
from tests.metrics.receivables.ledger import Invoice, Payment

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FIRST = date(2026, 1, 1)
LAST = FIRST + timedelta(days=200)
Account = tuple[list[Invoice], list[Payment]]

days = st.integers(0, 9).map(lambda number: FIRST + timedelta(days=number))
amounts = st.sampled_from([10, 20, 30, 40, 50, 70, 100])
# A build costs more than an account: few examples, each of many accounts.
few = settings(max_examples=15, suppress_health_check=list(HealthCheck))


@st.composite
def accounts(draw: st.DrawFn) -> Account:
    """Invoices, credit notes and payment lines of every kind, on ten days, with few distinct amounts."""
    invoices: list[Invoice] = []
    for number in range(draw(st.integers(0, 6))):
        day = draw(days)
        due = day + timedelta(days=draw(st.integers(-2, 4)))
        amount = draw(amounts)
        parts: tuple[tuple[date, int], ...] = ()
        if draw(st.integers(0, 4)) == 0:
            parts = ((due, amount // 2), (due - timedelta(days=1), amount - amount // 2))
        invoices.append(Invoice(f"I{number}", day, due, amount, instalments=parts))
    names = [each.number for each in invoices]
    for number in range(draw(st.integers(0, 2))):
        day = draw(days)
        link = draw(st.sampled_from([None, *names]))
        invoices.append(Invoice(f"N{number}", day, day, -draw(amounts), credits=link))
    payments: list[Payment] = []
    named = st.sampled_from([None, None, None, *(each.number for each in invoices), *names, "X9"])
    for number in range(draw(st.integers(0, 8))):
        kind = draw(st.sampled_from(["payment"] * 6 + ["refund", "discount", "fx"]))
        sign = -1 if kind == "refund" or (kind != "discount" and draw(st.integers(0, 7)) == 0) else 1
        target = draw(named)
        day = draw(days)
        late = draw(st.sampled_from([None, None, None, day + timedelta(days=3), day - timedelta(days=2)]))
        payments.append(
            Payment(f"P{number // 2}", number % 2 + 1, day, sign * draw(amounts), target, kind, late)
        )
    return invoices, _without_repeats(payments)


def _without_repeats(payments: list[Payment]) -> list[Payment]:
    """Leave out a second line that says the same as the first, which is held back by a rule of its own."""
    seen: set[tuple[Any, ...]] = set()
    kept = []
    for each in payments:
        said = (each.number, each.names, each.kind, each.amount, each.day, each.allocated)
        if each.names is None or said not in seen:
            kept.append(each)
        seen.add(said)
    return kept


def _renumbered(payments: Iterable[Payment]) -> list[Payment]:
    """Number the lines of each payment from one, in the order they are exported."""
    counts: dict[str, int] = {}
    renumbered = []
    for each in payments:
        counts[each.number] = counts.get(each.number, 0) + 1
        renumbered.append(
            Payment(
                each.number, counts[each.number], each.day, each.amount, each.names, each.kind, each.allocated
            )
        )
    return renumbered


def _named(drawn: list[Account]) -> dict[str, Account]:
    return {f"C{number}": (invoices, _renumbered(lines)) for number, (invoices, lines) in enumerate(drawn)}


ledgers = st.lists(accounts(), min_size=1, max_size=16).map(_named)


def _rows(ledgers: dict[str, Account], file_no: Callable[[], int]) -> dict[str, list[dict[str, Any]]]:
    invoices = [
        {
            "file_no": file_no(),
            "invoice_id": f"{customer}{each.number}",
            "customer_id": customer,
            "invoice_date": each.day,
            "due_date": each.due,
            "gross_amount": each.amount,
            "original_invoice_id": each.credits and f"{customer}{each.credits}",
        }
        for customer, (documents, _) in ledgers.items()
        for each in documents
    ]
    files: dict[str, int] = defaultdict(file_no)
    payments = [
        {
            "file_no": files[f"{customer}{each.number}"],
            "payment_id": f"{customer}{each.number}",
            "customer_id": customer,
            "payment_date": each.day,
            "amount": each.amount,
            "invoice_id": each.names and f"{customer}{each.names}",
            "kind": each.kind,
            "allocated_date": each.allocated,
        }
        for customer, (_, lines) in ledgers.items()
        for each in lines
    ]
    parts = [
        {"invoice_id": f"{customer}{each.number}", "due_date": due, "amount": amount}
        for customer, (documents, _) in ledgers.items()
        for each in documents
        for due, amount in each.instalments
    ]
    return {"raw.invoices": invoices, "raw.payments": payments, "raw.instalments": parts}


def build(
    connection: DuckDBPyConnection,
    ledgers: dict[str, Account],
    file_no: Callable[[], int] = lambda: 1,
    **parameters: Any,
) -> None:
    """Load the accounts, each a customer of its own, whose document numbers carry its name.

    `file_no` is asked for each document; the lines of a payment are in one file.
    """
    support.empty_raw(connection)
    for table, rows in _rows(ledgers, file_no).items():
        support.insert(connection, table, rows)
    support.build(connection, ["fct_receivables", "fct_payments"], **{"as_of": LAST, **parameters})
    models.create_macros(connection, resources.path("sql") / "macros")
