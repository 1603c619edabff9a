"""The reconciliations of receivables: silent on any ledger, loud on a wrong one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given

from pipelines import resources, warehouse
from tests import support
from tests.metrics.receivables import accounts
from tests.metrics.receivables.ledger import Invoice, Payment

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

CHECKS = [
    "application_within_invoice",
    "application_within_payment",
    "receivable_buckets_tie",
    "receivable_identity_at_month_ends",
    "receivable_items_within_amount",
]


def found(connection: DuckDBPyConnection, check: str) -> list[Any]:
    """Return the rows of a check of `sql/checks`, as of the last day of the accounts."""
    sql = (resources.path("sql") / "checks" / f"{check}.sql").read_text(encoding="utf-8")
    (statement,) = connection.extract_statements(sql)
    parameters = {**support.PARAMETERS, "as_of": accounts.LAST}
    return connection.execute(sql, {name: parameters[name] for name in statement.named_parameters}).fetchall()


@given(ledgers=accounts.ledgers)
@accounts.few
def test_checks_of_random_accounts_find_nothing(ledgers: dict[str, accounts.Account]) -> None:
    with warehouse.connect() as connection:
        accounts.build(connection, ledgers)
        support.build(connection, ["fct_receivable_months"], as_of=accounts.LAST)
        for check in CHECKS:
            assert found(connection, check) == []


@pytest.mark.parametrize(
    ("fault", "loud"),
    [
        (
            "update marts.fct_payment_applications set applied_amount = 100.0001",
            {"application_within_invoice", "application_within_payment"},
        ),
        (
            "update marts.fct_payment_applications set effective_date = date '2025-12-31'",
            {"application_within_invoice", "application_within_payment"},
        ),
        (
            "update marts.receivable_changes set change_amount = change_amount + 0.01 where change_amount > 0",
            {"receivable_buckets_tie"},
        ),
        (
            "delete from marts.fct_receivable_months where month_end = date '2026-02-28'",
            {"receivable_identity_at_month_ends"},
        ),
        (
            "update marts.fct_receivables set open_amount = -0.01 where item_type = 'invoice'",
            {"receivable_items_within_amount", "receivable_buckets_tie"},
        ),
    ],
)
def test_checks_after_a_cent_goes_astray_tell_it(
    connection: DuckDBPyConnection, fault: str, loud: set[str]
) -> None:
    day = accounts.FIRST
    ledgers = {
        "C0": ([Invoice("I0", day, day, 100)], [Payment("P0", 1, day, 100, "I0")]),
        "C1": ([Invoice("I0", day, day, 100)], [Payment("P0", 1, day, 40, "I0")]),
    }
    accounts.build(connection, ledgers)
    support.build(connection, ["fct_receivable_months"], as_of=accounts.LAST)
    connection.execute(fault)
    assert {check for check in CHECKS if found(connection, check)} == loud
