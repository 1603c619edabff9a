"""Aging scenarios and worked examples of public peers: facts kept in `cases/receivables.json`."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipelines import resources
from pipelines.metrics import aging
from pipelines.warehouse import models
from tests import support

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

IDS = [
    *("EN01", "EN02a", "EN02b", "EN05a", "EN07", "EN11", "EN14a", "EN16", "EN18", "EN20"),
    *("BC01", "BC08", "BC09", "GC01", "OC03", "OC05", "LS01", "CN01"),
]
WEEKS = list(range(7, 7 * 13 + 1, 7))


@pytest.fixture(scope="module")
def cases(shared: Path) -> dict[str, dict[str, Any]]:
    text = (shared / "cases" / "receivables.json").read_text(encoding="utf-8")
    return {case["id"]: case for case in json.loads(text, parse_float=Decimal)["scenarios"]}


@pytest.fixture
def case(cases: dict[str, dict[str, Any]], request: pytest.FixtureRequest) -> dict[str, Any]:
    return cases[request.param]


@pytest.fixture
def built(connection: DuckDBPyConnection, case: dict[str, Any]) -> DuckDBPyConnection:
    """The scenario's documents as exports, and every receivables model built on them."""
    support.empty_raw(connection)
    _insert_invoices(connection, case)
    _insert_payments(connection, case)
    support.build(
        connection,
        ["fct_receivables", "fct_payments"],
        as_of=case["as_of"],
        base_currency=case["base_currency"],
        aging_basis=_basis(case),
        aging_bounds=_bounds(case),
    )
    models.create_macros(connection, resources.path("sql") / "macros")
    return connection


def _currency(case: dict[str, Any], document: dict[str, Any]) -> str:
    named: str = document["currency"]
    return case["base_currency"] if named == "BASE" else named


def _insert_invoices(connection: DuckDBPyConnection, case: dict[str, Any]) -> None:
    for invoice in case["invoices"]:
        currency = _currency(case, invoice)
        document = {
            "invoice_id": invoice["id"],
            "customer_id": invoice["customer"],
            "invoice_date": invoice["invoice_date"],
            "due_date": invoice["due_date"],
            "gross_amount": invoice["amount"],
            "currency": currency,
            "is_credit_note": invoice["is_credit_note"],
            "original_invoice_id": invoice["against"],
        }
        support.insert(connection, "raw.invoices", [document])
        if "rate" in invoice:
            rate = {"currency": currency, "rate_date": invoice["invoice_date"], "rate": invoice["rate"]}
            support.insert(connection, "raw.fx_rates", [rate])
        parts = [{"invoice_id": invoice["id"], **part} for part in invoice.get("instalments", [])]
        support.insert(connection, "raw.instalments", parts)


def _insert_payments(connection: DuckDBPyConnection, case: dict[str, Any]) -> None:
    for payment in case["payments"]:
        named = [(each["to"], each["amount"]) for each in payment["allocations"]]
        rest = payment["amount"] - sum(amount for _, amount in named)
        lines = [*named, (None, rest)] if rest else named
        rows = [
            {
                "payment_id": payment["id"],
                "customer_id": payment["customer"],
                "payment_date": payment["date"],
                "currency": _currency(case, payment),
                "amount": amount,
                "invoice_id": invoice_id,
            }
            for invoice_id, amount in lines
        ]
        support.insert(connection, "raw.payments", rows)


def _basis(case: dict[str, Any]) -> str:
    return "invoice" if case["basis"] == "invoice_date" else "due"


def _bounds(case: dict[str, Any]) -> list[int]:
    return case["bucket_upper_bounds"] or WEEKS


def _buckets(connection: DuckDBPyConnection, case: dict[str, Any], as_of: str | None = None) -> list[Decimal]:
    """What is open in bucket 0 (not due), 1, …, added up over customers of one currency."""
    sums = [Decimal(0)] * (len(_bounds(case)) + 2)
    for row in aging.rows(
        connection, date.fromisoformat(as_of or case["as_of"]), _basis(case), _bounds(case)
    ):
        sums[row.bucket_no] += row.amount
    return sums


def _documents(connection: DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    """Open documents with their instalments added up, in document and base currency."""
    rows = connection.execute(
        """
        select
            document_id,
            sum(abs(amount)) as invoiced,
            sum(if(item_type = 'payment', -amount, applied_amount)) as paid,
            sum(open_amount) as outstanding,
            sum(base_open_amount) as base_outstanding,
            any_value(currency) as currency,
            any_value(item_type) as item_type
        from marts.fct_receivables
        where is_open
        group by document_id
        """
    )
    names = [column[0] for column in rows.description or []]
    return {row[0]: dict(zip(names, row, strict=True)) for row in rows.fetchall()}


def _expected_totals(expected: dict[str, Any]) -> dict[str, Decimal]:
    return {row["doc"]: row.get("outstanding_doc_currency", row["outstanding"]) for row in expected["rows"]}


@pytest.mark.parametrize("case", IDS, indirect=True)
def test_peer_scenario_as_of_its_date_gives_the_peers_buckets(
    built: DuckDBPyConnection, case: dict[str, Any]
) -> None:
    expected = case["expected"]
    not_due, *buckets = _buckets(built, case)
    if "not_due" in expected:
        assert not_due == expected["not_due"]
    if "buckets" in expected:
        assert buckets == expected["buckets"]
    if "total_outstanding" in expected:
        assert not_due + sum(buckets) == expected["total_outstanding"]
    if "later_as_of" in expected:
        later = expected["later_as_of"]
        assert sum(_buckets(built, case, later["as_of"])) == later["total_outstanding"]


@pytest.mark.parametrize("case", ["EN01", "EN07", "EN11", "EN14a", "EN16", "EN18"], indirect=True)
def test_peer_scenario_open_documents_are_the_peers_rows(
    built: DuckDBPyConnection, case: dict[str, Any]
) -> None:
    found = _documents(built)
    expected = case["expected"]
    assert {name: row["outstanding"] for name, row in found.items()} == _expected_totals(expected)
    for row in expected["rows"]:
        document = found[row["doc"]]
        if "outstanding_doc_currency" in row:
            assert document["base_outstanding"] == row["outstanding"]
        if "paid" in row:
            assert document["paid"] == row["paid"]
        if row.get("invoiced") and document["item_type"] == "invoice" and "invoiced_doc_currency" not in row:
            assert document["invoiced"] == row["invoiced"]


@pytest.mark.parametrize("case", ["EN02a", "EN02b", "EN05a", "EN20"], indirect=True)
def test_peer_scenario_instalments_earliest_due_first_gives_the_peers_rows(
    built: DuckDBPyConnection, case: dict[str, Any]
) -> None:
    rows = built.execute(
        "select due_date::varchar, amount, applied_amount, open_amount from marts.fct_receivables "
        "where is_open and item_type = 'instalment' order by due_date"
    ).fetchall()
    expected = case["expected"]["instalment_rows"]
    assert len(rows) == len(expected)
    for (due_date, amount, paid, outstanding), row in zip(rows, expected, strict=True):
        assert (row.get("due_date", due_date), row["outstanding"]) == (due_date, outstanding)
        assert row.get("paid", paid) == paid
        if "paid" in row or "invoiced" in row:
            assert amount == row["invoiced"]


@pytest.mark.parametrize("case", ["EN14a"], indirect=True)
def test_post_dated_payment_settles_invoice_and_credit_note_from_its_date(
    built: DuckDBPyConnection, case: dict[str, Any]
) -> None:
    for row in case["expected"]["rows"]:
        future = built.execute(
            "select sum(applied_amount) from marts.fct_payment_applications "
            "where invoice_id = ? and effective_date > ?",
            [row["doc"], case["as_of"]],
        ).fetchone()
        assert future == (row["future_amount"],)
        assert row["outstanding"] - row["future_amount"] == row["remaining_balance"]


@pytest.mark.parametrize("case", ["EN16"], indirect=True)
def test_two_currencies_stay_apart_and_each_can_be_asked_for(
    built: DuckDBPyConnection, case: dict[str, Any]
) -> None:
    found = {row.currency: row for row in aging.rows(built, date.fromisoformat(case["as_of"]), by="currency")}
    expected = case["expected"]
    assert found["USD"].amount == expected["filter_usd_only"]["outstanding"]
    assert found["USD"].item_count == expected["filter_usd_only"]["row_count"]
    assert found["INR"].amount == expected["filter_base_only"]["outstanding"]
    assert found["INR"].item_count == expected["filter_base_only"]["row_count"]


@pytest.mark.parametrize("case", ["BC01"], indirect=True)
def test_weekly_periods_place_each_week_as_the_peer_does(
    built: DuckDBPyConnection, case: dict[str, Any]
) -> None:
    index = case["expected"]["periods"]["index"]
    found = _buckets(built, case)
    assert found[:3] == [index["0"], index["1"], index["2"]]
    assert set(found[3:]) == {index["3..13"]}


@pytest.mark.parametrize("case", ["GC01"], indirect=True)
def test_running_balance_after_each_day_is_the_peers(built: DuckDBPyConnection, case: dict[str, Any]) -> None:
    days = [
        *(invoice["invoice_date"] for invoice in case["invoices"]),
        *(payment["date"] for payment in case["payments"]),
    ]
    balances = [sum(_buckets(built, case, day)) for day in sorted(set(days))]
    assert balances == case["expected"]["running_balance"]


@pytest.mark.parametrize("case", ["CN01"], indirect=True)
def test_customers_stand_in_the_peers_buckets(built: DuckDBPyConnection, case: dict[str, Any]) -> None:
    found = aging.rows(built, date.fromisoformat(case["as_of"]), "due", [30, 60, 90])
    assert [(row.slice, row.bucket_no) for row in found] == [("A", 0), ("B", 1), ("C", 2), ("D", 3), ("E", 4)]
    assert [row.slice for row in found if row.bucket == ">90"] == case["expected"]["risky"]
