"""Random accounts: the SQL's applications and balances against the slow ledger, and what must always hold."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines import warehouse
from tests import support
from tests.metrics.receivables import accounts
from tests.metrics.receivables.applications import applications
from tests.metrics.receivables.ledger import Ledger, merged


@pytest.mark.parametrize("cash_application", ["fifo", "named_only"])
@given(ledgers=accounts.ledgers)
@accounts.few
def test_applications_of_random_accounts_equal_the_slow_ledger(
    ledgers: dict[str, accounts.Account], cash_application: str
) -> None:
    with warehouse.connect() as connection:
        accounts.build(connection, ledgers, cash_application=cash_application)
        for customer, (invoices, lines) in ledgers.items():
            ledger = Ledger(invoices, lines, may_guess=cash_application == "fifo")
            assert applications(connection, customer) == merged(ledger.run())


@given(ledgers=accounts.ledgers)
@accounts.few
def test_identity_of_random_accounts_holds_on_every_day(ledgers: dict[str, accounts.Account]) -> None:
    with warehouse.connect() as connection:
        accounts.build(connection, ledgers)
        for day in (accounts.FIRST + timedelta(days=number) for number in range(14)):
            found = dict(
                connection.execute(
                    "select customer_id, sum(amount) from receivables_aging(?) group by all", [day]
                ).fetchall()
            )
            for customer, (invoices, lines) in ledgers.items():
                control = sum(each.amount for each in invoices if each.day <= day)
                control -= sum(each.amount for each in lines if each.day <= day)
                assert found.get(customer, 0) == control


def _cut(account: accounts.Account, day: date) -> accounts.Account:
    """What was known at the end of the day."""
    invoices, lines = account
    return [each for each in invoices if each.day <= day], [each for each in lines if each.day <= day]


@given(ledgers=accounts.ledgers, day=accounts.days)
@accounts.few
def test_state_of_random_accounts_on_an_earlier_day_equals_a_run_on_the_data_of_that_day(
    ledgers: dict[str, accounts.Account], day: date
) -> None:
    question = (
        "select document_id, document_date, due_date, open_amount, bucket_no "
        "from receivable_items_aged(?, 'due', [1, 3]) order by all"
    )
    with warehouse.connect() as whole, warehouse.connect() as cut:
        accounts.build(whole, ledgers)
        accounts.build(
            cut, {customer: _cut(account, day) for customer, account in ledgers.items()}, as_of=day
        )
        assert whole.execute(question, [day]).fetchall() == cut.execute(question, [day]).fetchall()


@given(ledgers=accounts.ledgers, seed=st.randoms(use_true_random=False))
@accounts.few
def test_applications_do_not_depend_on_the_order_of_rows_and_files(
    ledgers: dict[str, accounts.Account], seed: Random
) -> None:
    """Lines of one payment keep their order: it numbers them."""
    shuffled: dict[str, accounts.Account] = {}
    for customer in seed.sample(sorted(ledgers), len(ledgers)):
        invoices, lines = ledgers[customer]
        keys = [seed.random() for _ in lines]
        by_payment = dict(zip((each.number for each in lines), keys, strict=True))
        order = sorted(lines, key=lambda each: (by_payment[each.number], each.line))
        shuffled[customer] = (seed.sample(invoices, len(invoices)), order)
    with warehouse.connect() as one, warehouse.connect() as other:
        accounts.build(one, ledgers)
        accounts.build(other, shuffled, lambda: seed.randint(1, 3))
        for customer in ledgers:
            assert applications(one, customer) == applications(other, customer)


@given(ledgers=accounts.ledgers)
@accounts.few
def test_month_ends_of_random_accounts_equal_the_aging_of_each_day(
    ledgers: dict[str, accounts.Account],
) -> None:
    """The month closes on the 5th, so that the ten days span two month ends and more follow without change."""
    with warehouse.connect() as connection:
        accounts.build(connection, ledgers, month_close_day=5)
        support.build(connection, ["fct_receivable_months"], as_of=accounts.LAST, month_close_day=5)
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
