"""Who is overdue, as the pages ask it: of any day, by due date on any basis, and as the worklist says today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pipelines import resources, warehouse
from pipelines.job import open_items
from pipelines.metrics import aging
from pipelines.reporting.reading import receivables
from pipelines.reporting.reading.queries import Period
from pipelines.reporting.review import AgingRow
from pipelines.warehouse import models
from pipelines.warehouse.connection import beside
from tests import support

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

D = Decimal
TODAY = date(2026, 10, 31)
# A owes in two currencies, 7 CNY a dollar; what B owes is not due; nobody knows what a euro is.
INVOICES = [
    ("I1", "A", date(2026, 9, 1), date(2026, 10, 1), "CNY", 100),
    ("I2", "A", date(2026, 6, 1), date(2026, 7, 1), "USD", 100),
    ("I3", "B", date(2026, 10, 1), date(2026, 11, 15), "CNY", 500),
    ("I4", "C", date(2026, 9, 1), date(2026, 9, 30), "CNY", 50),
    ("I5", "D", date(2026, 9, 1), date(2026, 9, 30), "EUR", 40),
    ("I6", "D", date(2026, 9, 1), date(2026, 9, 30), "CNY", 4000),
]
# Two contacts on one day: the later row is the last.
CONTACTS = [
    (date(2026, 9, 1), "phone", "Li", date(2026, 9, 10)),
    (date(2026, 10, 20), "phone", "Li", None),
    (date(2026, 10, 20), "email", "Wang", date(2026, 11, 5)),
]


def _period(basis: str = "due", as_of: date = TODAY) -> Period:
    return Period(as_of.replace(day=1), as_of, as_of, "CNY", basis, (30, 90))


@pytest.fixture(scope="module")
def built() -> Iterator[DuckDBPyConnection]:
    names = ("invoice_id", "customer_id", "invoice_date", "due_date", "currency", "gross_amount")
    told = ("customer_id", "contact_date", "method", "owner", "promised_date")
    with warehouse.connect() as connection:
        support.empty_raw(connection)
        support.insert(connection, "raw.invoices", [dict(zip(names, row, strict=True)) for row in INVOICES])
        contacts = [dict(zip(told, ("A", *row), strict=True)) for row in CONTACTS]
        support.insert(connection, "raw.collections", contacts)
        support.insert(
            connection,
            "raw.customers",
            [{"customer_id": "A", "customer_name": "Alpha", "credit_limit": 1000}],
        )
        rate = {"currency": "USD", "rate_date": date(2026, 1, 1), "rate": 7}
        support.insert(connection, "raw.fx_rates", [rate])
        support.build(connection, ["delivery_holds"], as_of=TODAY)
        models.create_macros(connection, resources.path("sql") / "macros")
        yield connection


@pytest.mark.parametrize("basis", ["due", "invoice"])
def test_overdue_is_by_due_date_whatever_the_aging_is_by(built: DuckDBPyConnection, basis: str) -> None:
    rows = receivables.overdue_customers(built, _period(basis), TODAY)
    assert [(row.customer_id, row.currency, row.overdue, row.oldest_days) for row in rows] == [
        ("D", "CNY", D(4000), 31),
        ("A", "CNY", D(100), 30),
        ("A", "USD", D(100), 122),
        ("C", "CNY", D(50), 31),
        ("D", "EUR", D(40), 31),
    ]
    # By due date 1-30 and over 90 days; by invoice date 60 and 152 days: 31-90 and over 90.
    buckets = [D(0), D(100), D(0), D(0)] if basis == "due" else [D(0), D(0), D(100), D(0)]
    assert list(rows[1].amounts) == buckets


@pytest.mark.parametrize("basis", ["due", "invoice"])
def test_aging_rows_tell_what_is_past_due_on_any_basis(built: DuckDBPyConnection, basis: str) -> None:
    found = open_items.open_on(built, _period(basis), TODAY)
    assert [(row.key, row.currency, row.total, row.overdue) for row in found.by_customer] == [
        ("A", "CNY", D(100), D(100)),
        ("A", "USD", D(100), D(100)),
        ("B", "CNY", D(500), D(0)),
        ("C", "CNY", D(50), D(50)),
        ("D", "CNY", D(4000), D(4000)),
        ("D", "EUR", D(40), D(40)),
    ]


def test_days_kept_are_answered_as_before_and_from_the_rows_kept(built: DuckDBPyConnection) -> None:
    kept, other = (TODAY, TODAY - timedelta(days=10)), TODAY - timedelta(days=20)
    asked = [(day, basis) for day in (*kept, other) for basis in aging.BASES]
    before = {one: aging.rows(built, one[0], one[1], (30, 60)) for one in asked}
    with beside(built) as connection:
        aging.keep(connection, (*kept, TODAY))
        assert {one: aging.rows(connection, one[0], one[1], (30, 60)) for one in asked} == before
        assert all(before.values())
        connection.execute("delete from kept_open_items where kept_day = $day", {"day": TODAY})
        left = {day: aging.rows(connection, day, "due", (30, 60)) for day in (*kept, other)}
    assert left == {TODAY: [], kept[1]: before[kept[1], "due"], other: before[other, "due"]}
    assert aging.rows(built, TODAY, "due", (30, 60)) == before[TODAY, "due"]


def test_rows_of_a_customer_say_what_the_worklist_says_of_the_whole(built: DuckDBPyConnection) -> None:
    rows = {
        (row.customer_id, row.currency): row for row in receivables.overdue_customers(built, _period(), TODAY)
    }
    for currency in ("CNY", "USD"):
        row = rows["A", currency]
        # 122 days late: a visit, which holds deliveries. Called 11 days ago: not urgent. 800 of 850: important.
        assert (row.next_step, row.is_delivery_held, row.is_urgent, row.is_important) == (
            "visit",
            True,
            False,
            True,
        )
        assert (row.owner, row.last_method, row.last_contact) == ("Wang", "email", date(2026, 10, 20))
        # The promise of 10 September was broken, that of 5 November is open. Owes 800 of a limit of 1,000.
        assert (row.promises_kept, row.promises_broken, row.promise_rate, row.is_promise_broken) == (
            0,
            1,
            D(0),
            False,
        )
        assert (row.promised_date, row.credit_use) == (date(2026, 11, 5), D("0.8"))


def test_rows_agree_with_the_worklist(built: DuckDBPyConnection) -> None:
    rows = receivables.overdue_customers(built, _period(), TODAY)
    told = built.execute(
        "select customer_id, step, is_delivery_held, is_urgent, is_important, owner, last_contact_method, "
        "promises_kept, promises_broken, is_promise_broken, last_promised_date, credit_use "
        "from marts.collections_worklist order by all"
    ).fetchall()
    assert told == [
        (
            *(
                row.customer_id,
                row.next_step,
                row.is_delivery_held,
                row.is_urgent,
                row.is_important,
                row.owner,
            ),
            *(row.last_method or None, row.promises_kept, row.promises_broken, row.is_promise_broken),
            *(row.promised_date, row.credit_use),
        )
        for row in sorted(rows, key=lambda row: row.customer_id)
        if row.currency == "CNY"
    ]


def test_amount_of_which_a_rate_is_missing_is_not_told_in_base_currency(built: DuckDBPyConnection) -> None:
    question = (
        "select overdue_amount, balance_amount, bucket_amounts, is_important "
        "from marts.collections_worklist where customer_id = 'D'"
    )
    # 4,000 CNY are known; what the 40 EUR come to is not, so neither is the sum, by which customers are ranked.
    assert built.execute(question).fetchone() == (None, None, [0, 0, None, 0, 0, 0, 0], False)
    row = receivables.overdue_customers(built, _period(), TODAY)[0]
    assert (row.customer_id, row.is_important) == ("D", False)


def test_an_earlier_day_knows_nothing_of_what_came_later(built: DuckDBPyConnection) -> None:
    (row,) = receivables.overdue_customers(built, _period(), date(2026, 9, 30))
    # The dollars alone are late, 91 days; the promise was just broken and nobody has called since.
    assert (row.currency, row.oldest_days, row.next_step) == ("USD", 91, "visit")
    assert (row.owner, row.last_contact) == ("Li", date(2026, 9, 1))
    assert (row.promised_date, row.is_promise_broken, row.is_urgent) == (date(2026, 9, 10), True, True)


def test_holds_say_why_and_accounts_go_from_opening_to_closing(built: DuckDBPyConnection) -> None:
    (hold,) = receivables.holds(built, _period())
    assert (hold.customer_id, hold.reason, hold.step, hold.balance, hold.orders) == (
        "A",
        "step",
        "visit",
        D(800),
        0,
    )
    accounts = receivables.reconciled(built, _period())
    assert [
        (row.customer_id, row.currency, row.opening, row.invoiced, row.closing, row.open) for row in accounts
    ] == [
        ("D", "CNY", D(4000), D(0), D(4000), D(4000)),
        ("B", "CNY", D(0), D(500), D(500), D(500)),
        ("A", "CNY", D(100), D(0), D(100), D(100)),
        ("C", "CNY", D(50), D(0), D(50), D(50)),
        ("D", "EUR", D(40), D(0), D(40), D(40)),
        ("A", "USD", D(100), D(0), D(100), D(100)),
    ]


def test_what_is_past_due_is_all_but_bucket_0_unless_told() -> None:
    assert AgingRow("A", "A", "CNY", (D(5), D(3), D(-1))).overdue == 2
    assert AgingRow("A", "A", "CNY", (D(0), D(3), D(4)), D(1)).overdue == 1
