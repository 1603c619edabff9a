"""`salesdesk invoices`; figures by hand from the fixture's README."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.cli.conftest import Salesdesk


def test_invoices_list_the_return_that_was_never_credited(salesdesk: Salesdesk, two_months: Path) -> None:
    (row,) = salesdesk("invoices", "--lang", "en", "--home", two_months, "--format", "json").rows
    assert (row["issue"], row["what"], row["order_id"]) == (
        "return_not_credited",
        "Goods came back, no credit note",
        "O1",
    )
    # I1 is of 276.85; on 15 February 50.00 and 13 % tax came back: 13 days on the 28th
    assert (row["amount"], row["expected_amount"], row["base_amount"], row["days"]) == (
        Decimal("276.85"),
        Decimal("220.35"),
        Decimal("56.50"),
        13,
    )


def test_invoices_summary_counts_and_adds_up(salesdesk: Salesdesk, two_months: Path) -> None:
    (row,) = salesdesk("invoices", "--summary", "--home", two_months, "--format", "json").rows
    assert (row["issue"], row["issues"], row["base_amount"]) == ("return_not_credited", 1, Decimal("56.50"))


@pytest.mark.parametrize(
    ("option", "asked", "near"), [("--issue", "no_ordr", "no_order"), ("--subject", "orders", "order")]
)
def test_invoices_of_an_unknown_sort_name_the_nearest(
    salesdesk: Salesdesk, two_months: Path, option: str, asked: str, near: str
) -> None:
    answer = salesdesk("invoices", option, asked, "--home", two_months)
    assert (answer.code, answer.out) == (2, "")
    assert near in answer.err


def test_contracts_of_a_home_without_any_is_an_empty_list(salesdesk: Salesdesk, two_months: Path) -> None:
    for options in ([], ["--all"], ["--documents", two_months]):
        assert salesdesk("contracts", *options, "--home", two_months, "--format", "json").rows == []
