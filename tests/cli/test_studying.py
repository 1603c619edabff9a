"""`salesdesk notes`, `retention` and `value`; figures by hand from tests/fixtures/exports/two_months/README.md."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from tests.cli.conftest import Salesdesk


def test_notes_of_two_months_say_that_they_are_too_few(salesdesk: Salesdesk, two_months: Path) -> None:
    (row,) = salesdesk("notes", "revenue", "--lang", "en", "--home", two_months, "--format", "json").rows
    assert (row["kind"], row["size"]) == ("too_few_months", 2)
    assert "fewer than 8" in row["words"]


def test_retention_shows_cohorts_by_month_and_by_quarter(salesdesk: Salesdesk, two_months: Path) -> None:
    """C1 and C2 bought first in January; C1 again in February. The quarter of both is not over."""
    rows = salesdesk("retention", "--home", two_months, "--format", "json").rows
    january = [row for row in rows if row["cohort_month"] == "2026-01-01"]
    assert [(row["month_no"], row["cohort_size"]) for row in january] == [(0, 2), (1, 2)]
    quarters = salesdesk("retention", "--grain", "quarter", "--home", two_months, "--format", "json").rows
    assert {row["retained_count"] for row in quarters} == {None}
    curve = salesdesk("retention", "--curve", "--home", two_months, "--format", "json").rows
    assert all(row["retention_rate"] <= Decimal(1) for row in curve)


def test_value_of_a_handful_of_customers_is_refused_with_the_reason(
    salesdesk: Salesdesk, two_months: Path
) -> None:
    answer = salesdesk("value", "--home", two_months)
    assert answer.code == 2
    assert "at least 50 customers" in answer.err
