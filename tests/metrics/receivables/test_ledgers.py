"""Random accounts: the SQL's applications and balances against the slow ledger, and what must always hold."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines import resources, warehouse
from pipelines.warehouse import models
from tests import support
from tests.metrics.receivables.ledger import Application, Invoice, Ledger, Payment, merged

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FIRST = date(2026, 1, 1)
LAST = FIRST + timedelta(days=200)
Account = tuple[list[Invoice], list[Payment]]

_days = st.integers(0, 9).map(lambda number: FIRST + timedelta(days=number))
_amounts = st.sampled_from([10, 20, 30, 40, 50, 70, 100])
# A build costs more than an account: few examples, each of many accounts.
_few = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def accounts(draw: st.DrawFn) -> Account:
    """Invoices, linked and free credit notes, and payment lines of every kind, on ten days, with few distinct amounts."""
    invoices: list[Invoice] = []
    for number in range(draw(st.integers(0, 6))):
        day = draw(_days)
        due = day + timedelta(days=draw(st.integers(-2, 4)))
        amount = draw(_amounts)
        parts: tuple[tuple[date, int], ...] = ()
        if draw(st.integers(0, 4)) == 0:
            parts = ((due, amount // 2), (due - timedelta(days=1), amount - amount // 2))
        invoices.append(Invoice(f"I{number}", day, due, amount, instalments=parts))
    names = [each.number for each in invoices]
    for number in range(draw(st.integers(0, 2))):
        day = draw(_days)
        link = draw(st.sampled_from([None, *names]))
        invoices.append(Invoice(f"N{number}", day, day, -draw(_amounts), credits=link))
    payments: list[Payment] = []
    named = st.sampled_from([None, None, None, *(each.number for each in invoices), *names, "X9"])
    for number in range(draw(st.integers(0, 8))):
        kind = draw(st.sampled_from(["payment"] * 6 + ["refund", "discount", "fx"]))
        sign = -1 if kind == "refund" or (kind != "discount" and draw(st.integers(0, 7)) == 0) else 1
        target = draw(named)
        day = draw(_days)
        late = draw(st.sampled_from([None, None, None, day + timedelta(days=3), day - timedelta(days=2)]))
        payments.append(
            Payment(f"P{number // 2}", number % 2 + 1, day, sign * draw(_amounts), target, kind, late)
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


_ledgers = st.lists(accounts(), min_size=1, max_size=16).map(_named)


def _build(connection: DuckDBPyConnection, ledgers: dict[str, Account], **parameters: Any) -> None:
    """Load the accounts, each a customer of its own, whose document numbers carry its name."""
    support.empty_raw(connection)
    invoices = [
        {
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
    payments = [
        {
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
    support.insert(connection, "raw.invoices", invoices)
    support.insert(connection, "raw.payments", payments)
    support.insert(connection, "raw.instalments", parts)
    support.build(connection, ["fct_receivables", "fct_payments"], **{"as_of": LAST, **parameters})
    models.create_macros(connection, resources.path("sql") / "macros")


def _applications(connection: DuckDBPyConnection, customer: str) -> list[Application]:
    rows = connection.execute(
        """
        select
            effective_date,
            coalesce(payment_id, credit_note_id),
            coalesce(payment_line_no, 0),
            coalesce(invoice_id, refund_payment_id || '/' || refund_line_no),
            applied_amount::integer,
            rule
        from marts.fct_payment_applications
        where customer_id = ?
        """,
        [customer],
    ).fetchall()
    cut = len(customer)
    return merged(Application(row[0], row[1][cut:], row[2], row[3][cut:], row[4], row[5]) for row in rows)


@pytest.mark.parametrize("cash_application", ["fifo", "named_only"])
@given(ledgers=_ledgers)
@_few
def test_applications_of_random_accounts_equal_the_slow_ledger(
    ledgers: dict[str, Account], cash_application: str
) -> None:
    with warehouse.connect() as connection:
        _build(connection, ledgers, cash_application=cash_application)
        for customer, (invoices, lines) in ledgers.items():
            ledger = Ledger(invoices, lines, may_guess=cash_application == "fifo")
            assert _applications(connection, customer) == merged(ledger.run())


@given(ledgers=_ledgers)
@_few
def test_identity_of_random_accounts_holds_on_every_day(ledgers: dict[str, Account]) -> None:
    with warehouse.connect() as connection:
        _build(connection, ledgers)
        for day in (FIRST + timedelta(days=number) for number in range(14)):
            found = dict(
                connection.execute(
                    "select customer_id, sum(amount) from receivables_aging(?) group by all", [day]
                ).fetchall()
            )
            for customer, (invoices, lines) in ledgers.items():
                control = sum(each.amount for each in invoices if each.day <= day)
                control -= sum(each.amount for each in lines if each.day <= day)
                assert found.get(customer, 0) == control


def _cut(account: Account, day: date) -> Account:
    """What was known at the end of the day."""
    invoices, lines = account
    return [each for each in invoices if each.day <= day], [each for each in lines if each.day <= day]


@given(ledgers=_ledgers, day=_days)
@_few
def test_state_of_random_accounts_on_an_earlier_day_equals_a_run_on_the_data_of_that_day(
    ledgers: dict[str, Account], day: date
) -> None:
    question = (
        "select document_id, document_date, due_date, open_amount, bucket_no "
        "from receivable_items_aged(?, 'due', [1, 3]) order by all"
    )
    with warehouse.connect() as whole, warehouse.connect() as cut:
        _build(whole, ledgers)
        _build(cut, {customer: _cut(account, day) for customer, account in ledgers.items()}, as_of=day)
        assert whole.execute(question, [day]).fetchall() == cut.execute(question, [day]).fetchall()


@given(ledgers=_ledgers, seed=st.randoms(use_true_random=False))
@_few
def test_applications_do_not_depend_on_the_order_of_the_rows(
    ledgers: dict[str, Account], seed: Random
) -> None:
    """Lines of one payment keep their order: it numbers them."""
    shuffled: dict[str, Account] = {}
    for customer in seed.sample(sorted(ledgers), len(ledgers)):
        invoices, lines = ledgers[customer]
        keys = [seed.random() for _ in lines]
        by_payment = dict(zip((each.number for each in lines), keys, strict=True))
        order = sorted(lines, key=lambda each: (by_payment[each.number], each.line))
        shuffled[customer] = (seed.sample(invoices, len(invoices)), order)
    with warehouse.connect() as one, warehouse.connect() as other:
        _build(one, ledgers)
        _build(other, shuffled)
        for customer in ledgers:
            assert _applications(one, customer) == _applications(other, customer)


@given(ledgers=_ledgers)
@_few
def test_month_ends_of_random_accounts_equal_the_aging_of_each_day(ledgers: dict[str, Account]) -> None:
    """The month closes on the 5th, so that the ten days span two month ends and more follow without change."""
    with warehouse.connect() as connection:
        _build(connection, ledgers, month_close_day=5)
        support.build(connection, ["fct_receivable_months"], as_of=LAST, month_close_day=5)
        ends = connection.execute("select month_end from marts.receivable_month_ends order by all").fetchall()
        for (month_end,) in ends:
            stored = connection.execute(
                "select item_id, open_amount, bucket_no from marts.fct_receivable_months where month_end = ? "
                "order by all",
                [month_end],
            ).fetchall()
            asked = connection.execute(
                "select item_id, open_amount, bucket_no "
                "from receivable_items_aged(?, 'due', [30, 60, 90, 180, 365]) order by all",
                [month_end],
            ).fetchall()
            assert stored == asked
