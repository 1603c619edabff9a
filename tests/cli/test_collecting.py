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


def test_forecast_adds_up_to_what_is_open(salesdesk: Salesdesk, two_months: Path) -> None:
    rows = salesdesk("forecast", "--home", two_months, "--format", "json").rows
    # 339.00 of C1 and 41.25 of C2
    assert sum(row["forecast_amount"] for row in rows) == Decimal("380.25")


def test_forecast_of_one_customer_is_what_that_customer_owes(salesdesk: Salesdesk, two_months: Path) -> None:
    rows = salesdesk("forecast", "C2", "--home", two_months, "--format", "json").rows
    assert sum(row["forecast_amount"] for row in rows) == Decimal("41.25")


def test_forecast_errors_are_those_of_the_month_end_before(salesdesk: Salesdesk, two_months: Path) -> None:
    answer = salesdesk("forecast", "--errors", "--home", two_months, "--format", "json")
    (row,) = answer.rows
    # by 31 January I1 of 276.85 was paid five days early (due 5 February): all of week -1; I2 of 141.25 is due on
    # 20 February, 20 days on: by 28 February, 8 days late, all of it is expected. 100.00 came on the 25th
    assert (row["origin_date"], row["forecast_amount"], row["collected_amount"], row["error_amount"]) == (
        "2026-01-31",
        Decimal("141.25"),
        Decimal("100.00"),
        Decimal("41.25"),
    )
    assert "41.25 off in all, of 100.00 collected, 41.2% of it" in answer.err


def test_drafts_of_an_overdue_customer_are_files_that_name_nobody_without_an_address(
    salesdesk: Salesdesk, two_months: Path
) -> None:
    answer = salesdesk("drafts", "C2", "--lang", "en", "--home", two_months)
    (path,) = [Path(line) for line in answer.out.splitlines()]
    assert path == two_months / "reports" / "drafts" / "C2_2025-12-01_2026-02-28.eml"
    assert "C2: no usable e-mail address" in answer.err
    assert "1 drafts; nothing was sent" in answer.err
    raw = path.read_bytes()
    assert b"X-Unsent: 1" in raw
    assert b"\nTo:" not in raw


def test_drafts_without_anyone_at_the_step_are_none(salesdesk: Salesdesk, two_months: Path) -> None:
    answer = salesdesk("drafts", "--home", two_months)
    assert (answer.code, answer.out) == (0, "")
