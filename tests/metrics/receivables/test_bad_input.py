"""Bad input has the outcome that the README's table states, and what is open still adds up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from pipelines import resources, warehouse
from pipelines.warehouse import models
from tests import support

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FIRST = date(2026, 1, 1)
# number, customer, day, due in days (None: not given), amount, what it credits
INVOICES: list[tuple[str, str, int, int | None, int, str | None]] = [
    ("I-CURRENCY", "currency", 0, 30, 100, None),
    ("I-BACK", "negative", 0, 30, 100, None),
    ("I-TWICE", "twice", 0, 30, 100, None),
    ("I-CREDITED", "credited", 0, 30, 100, None),
    ("N-ABOVE", "credited", 5, 5, -130, "I-CREDITED"),
    ("N-A", "circle", 0, 0, -10, "N-B"),
    ("N-B", "circle", 1, 1, -20, "N-A"),
    ("N-SELF", "circle", 2, 2, -30, "N-SELF"),
    ("I-EARLY", "early", 10, 3, 100, None),
    ("I-UNDATED", "undated", 0, None, 100, None),
]
# number, customer, day, amount, what it names, currency
PAYMENTS: list[tuple[str, str, int, int, str | None, str | None]] = [
    ("P-INVOICE", "no-invoice", 1, 40, "I-NOWHERE", None),
    ("P-CUSTOMER", "on-no-file", 1, 40, None, None),
    ("P-CURRENCY", "currency", 1, 40, "I-CURRENCY", "USD"),
    ("P-PAID", "negative", 1, 60, "I-BACK", None),
    ("P-BACK", "negative", 2, -80, "I-BACK", None),
    ("P-LOOSE", "back-alone", 2, -15, None, None),
    ("P-TWICE", "twice", 1, 40, "I-TWICE", None),
    ("P-TWICE", "twice", 1, 40, "I-TWICE", None),
]


def _load(connection: DuckDBPyConnection) -> None:
    support.empty_raw(connection)
    names = ("invoice_id", "customer_id", "invoice_date", "due_date", "gross_amount", "original_invoice_id")
    invoices = [
        (number, customer, _day(day), None if due is None else _day(due), amount, credits_)
        for number, customer, day, due, amount, credits_ in INVOICES
    ]
    support.insert(connection, "raw.invoices", [dict(zip(names, row, strict=True)) for row in invoices])
    names = ("payment_id", "customer_id", "payment_date", "amount", "invoice_id", "currency")
    payments = [(*row[:2], _day(row[2]), *row[3:]) for row in PAYMENTS]
    support.insert(connection, "raw.payments", [dict(zip(names, row, strict=True)) for row in payments])
    support.build(connection, ["fct_receivables", "fct_payments"], as_of=_day(90))
    models.create_macros(connection, resources.path("sql") / "macros")


def _day(number: int) -> date:
    return FIRST + timedelta(days=number)


@pytest.fixture(scope="module")
def built() -> Iterator[DuckDBPyConnection]:
    with warehouse.connect() as connection:
        _load(connection)
        yield connection


@pytest.mark.parametrize(
    ("payment", "issue", "unapplied"),
    [
        ("P-INVOICE", ["unknown_invoice"], 40),
        # Kept on the account of the number given; that no file has it is a warning of the suite of payments.
        ("P-CUSTOMER", [None], 40),
        ("P-CURRENCY", ["currency_mismatch"], 40),
        # The first line counts; the second says the same and stays unapplied.
        ("P-TWICE", [None, "repeated_line"], 40),
    ],
)
def test_payment_that_cannot_be_trusted_stays_unapplied_with_its_issue(
    built: DuckDBPyConnection, payment: str, issue: list[str | None], unapplied: int
) -> None:
    rows = built.execute(
        "select issue, unapplied_amount from marts.fct_payments where payment_id = ? order by payment_line_no",
        [payment],
    ).fetchall()
    assert [row[0] for row in rows] == issue
    assert sum(row[1] for row in rows) == unapplied


def _open(connection: DuckDBPyConnection, customer: str, day: int = 90) -> dict[str, Any]:
    rows = connection.execute(
        "select document_id, sum(open_amount) from receivable_items_aged(?, 'due', [30]) "
        "where customer_id = ? group by all",
        [_day(day), customer],
    )
    return dict(rows.fetchall())


def test_negative_payment_takes_back_what_its_invoice_got_and_no_more(built: DuckDBPyConnection) -> None:
    assert _open(built, "negative", 1) == {"I-BACK": 40}
    # 60 of the 80 open the invoice again; the other 20 are owed to us.
    assert _open(built, "negative") == {"I-BACK": 100, "P-BACK": 20}


def test_negative_payment_that_names_nothing_is_owed_to_us(built: DuckDBPyConnection) -> None:
    assert _open(built, "back-alone") == {"P-LOOSE": 15}


def test_credit_note_above_its_invoice_settles_it_and_the_rest_stays_open(built: DuckDBPyConnection) -> None:
    assert _open(built, "credited", 4) == {"I-CREDITED": 100}
    assert _open(built, "credited") == {"N-ABOVE": -30}


def test_credit_notes_that_credit_each_other_or_themselves_stay_open_and_are_flagged(
    built: DuckDBPyConnection,
) -> None:
    assert _open(built, "circle") == {"N-A": -10, "N-B": -20, "N-SELF": -30}
    flagged = "select invoice_id from marts.fct_invoices where has_broken_link order by 1"
    assert built.execute(flagged).fetchall() == [("N-A",), ("N-B",), ("N-SELF",)]


def test_due_date_before_the_invoice_is_kept_and_a_missing_one_comes_from_the_terms(
    built: DuckDBPyConnection,
) -> None:
    question = (
        "select due_date, is_due_before_invoice, due_date_source from marts.fct_invoices where invoice_id = ?"
    )
    assert built.execute(question, ["I-EARLY"]).fetchone() == (_day(3), True, "export")
    assert built.execute(question, ["I-UNDATED"]).fetchone() == (_day(30), False, "default")


def test_what_is_open_adds_up_on_every_day_whatever_the_input(built: DuckDBPyConnection) -> None:
    for number in (*range(12), 40, 90):
        control: dict[tuple[str, str], int] = {}
        for _, customer, day, _, amount, _ in INVOICES:
            if day <= number:
                control[customer, "CNY"] = control.get((customer, "CNY"), 0) + amount
        for _, customer, day, amount, _, currency in PAYMENTS:
            if day <= number:
                key = (customer, currency or "CNY")
                control[key] = control.get(key, 0) - amount
        found = built.execute(
            "select customer_id, currency, sum(amount) from receivables_aging(?) group by all", [_day(number)]
        ).fetchall()
        told = {(customer, currency): amount for customer, currency, amount in found if amount}
        assert told == {key: Decimal(amount) for key, amount in control.items() if amount}


@pytest.mark.parametrize("kind", ["invoices", "payments"])
def test_document_post_dated_within_a_year_is_kept_and_one_of_another_century_is_not(
    connection: DuckDBPyConnection, kind: str
) -> None:
    support.empty_raw(connection)
    support.insert(connection, "ops.files", [{"file_no": 1, "loaded_at": "2026-06-30 08:00"}])
    suite = yaml.safe_load(resources.path("expectations").joinpath(f"stg_{kind}.yaml").read_text("utf-8"))
    rules = {rule["id"]: rule for rule in suite["rules"]}
    day = kind.removesuffix("s") + "_date"
    refused = {"then": "quarantine"}
    for name, days in (
        (f"{day}_not_in_future", ["2027-06-30", "2062-05-06"]),
        (f"{day}_plausible", ["1980-01-13", "1970-01-01"]),
    ):
        assert rules[name] | refused == rules[name]
        found = connection.execute(
            f"select {rules[name]['predicate']} from (select unnest(?::date[]) as {day})", [days]
        ).fetchall()
        assert found == [(True,), (False,)]
