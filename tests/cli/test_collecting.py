"""`salesdesk worklist`; figures by hand from the fixture's README."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from tests.cli.conftest import Salesdesk


def test_worklist_names_who_is_late_and_what_to_do(salesdesk: Salesdesk, two_months: Path) -> None:
    (row,) = salesdesk("worklist", "--home", two_months, "--format", "json").rows
    # I2 141.25 due 20 February, 100.00 paid on the 25th: 41.25 is 8 days late on the 28th
    assert (row["customer_id"], row["step"], row["overdue_amount"], row["oldest_days"]) == (
        "C2",
        "phone",
        Decimal("41.25"),
        8,
    )
    assert row["bucket_amounts"] == "0.00 / 41.25 / 0.00 / 0.00 / 0.00 / 0.00 / 0.00"


def test_worklist_of_one_step_leaves_out_the_others(salesdesk: Salesdesk, two_months: Path) -> None:
    answer = salesdesk("worklist", "--step", "legal", "--home", two_months, "--format", "json")
    assert answer.rows == []


def test_worklist_of_an_unknown_step_names_the_nearest(salesdesk: Salesdesk, two_months: Path) -> None:
    answer = salesdesk("worklist", "--step", "phon", "--home", two_months)
    assert (answer.code, answer.out) == (2, "")
    assert "phone" in answer.err


def test_worklist_of_holds_is_empty_where_nobody_is_beyond_a_limit(
    salesdesk: Salesdesk, two_months: Path
) -> None:
    assert salesdesk("worklist", "--holds", "--home", two_months, "--format", "json").rows == []
