"""`salesdesk metric`, `metrics` and `drivers`; figures by hand from tests/fixtures/exports/two_months/README.md."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

from pipelines import metrics
from tests.cli.conftest import Salesdesk


def test_metric_compared_with_the_month_before_tells_difference_and_growth(
    salesdesk: Salesdesk, two_months: Path
) -> None:
    (row,) = salesdesk(
        "metric", "revenue", "--compare", "prior", "--home", two_months, "--format", "json"
    ).rows
    assert (row["period_start"], row["value"], row["base"], row["difference"]) == (
        "2026-02-01",
        Decimal("250.00"),
        Decimal("370.00"),
        Decimal("-120.00"),
    )
    # -120 / 370
    assert (row["growth"], row["reason"]) == (Decimal("-0.324324"), "")


def test_metric_compared_with_several_has_a_row_for_each(salesdesk: Salesdesk, two_months: Path) -> None:
    rows = salesdesk(
        *("metric", "revenue", "--compare", "elapsed", "--compare", "prior", "--compare", "plan"),
        *("--home", two_months, "--format", "json"),
    ).rows
    assert [(row["beside"], row["base"], row["reason"]) for row in rows] == [
        ("elapsed", Decimal("370.00"), ""),
        ("prior", Decimal("370.00"), ""),
        ("plan", None, "no_base"),
    ]


def test_metric_compared_from_a_day_on_has_a_row_a_period_and_says_why_growth_is_null(
    salesdesk: Salesdesk, two_months: Path
) -> None:
    rows = salesdesk(
        *("metric", "revenue", "conversion", "--compare", "prior", "--from", "2026-01-01"),
        *("--home", two_months, "--format", "json"),
    ).rows
    assert [(row["metric"], row["period_start"], row["growth"], row["reason"]) for row in rows] == [
        ("revenue", "2026-01-01", None, "no_base"),
        ("revenue", "2026-02-01", Decimal("-0.324324"), ""),
        ("conversion", "2026-01-01", None, "no_base"),
        ("conversion", "2026-02-01", None, "no_value"),
    ]


def test_metric_compared_by_elapsed_days_takes_as_many_days_of_the_month_before(
    salesdesk: Salesdesk, two_months: Path
) -> None:
    (row,) = salesdesk(
        *("metric", "revenue", "--compare", "elapsed", "--to", "2026-02-15"),
        *("--home", two_months, "--format", "json"),
    ).rows
    # 1 to 15 February: 300 - 50 returned on the 15th; 1 to 15 January: O1 alone, 245
    assert (row["value"], row["base"], row["growth"]) == (
        Decimal("250.00"),
        Decimal("245.00"),
        Decimal("0.020408"),
    )
    assert row["is_complete"] is False


def test_metric_compared_with_last_year_takes_january_and_february_together(
    salesdesk: Salesdesk, two_months: Path
) -> None:
    answer = salesdesk("metric", "revenue", "--compare", "year", "--home", two_months, "--format", "json")
    (row,) = answer.rows
    assert (row["base"], row["difference"], row["reason"]) == (
        None,
        None,
        "no_base",
    )
    assert "January and February" in answer.err


def test_metric_top_adds_the_others_and_the_total(salesdesk: Salesdesk, two_months: Path) -> None:
    rows = salesdesk(
        *("metric", "revenue", "--by", "customer_id", "--top", "1", "--total"),
        *("--home", two_months, "--format", "json"),
    ).rows
    assert [(row["customer_id"], row["value"]) for row in rows] == [
        ("C1", Decimal("495.00")),
        ("others", Decimal("125.00")),
        ("total", Decimal("620.00")),
    ]


def test_metric_total_of_a_ratio_is_computed_anew(salesdesk: Salesdesk, two_months: Path) -> None:
    rows = salesdesk(
        *("metric", "order_value", "--by", "region", "--to", "2026-01-31", "--total"),
        *("--home", two_months, "--format", "json"),
    ).rows
    # 370 / 2 orders, not 245 + 125
    assert [(row["region"], row["value"]) for row in rows] == [
        ("East", Decimal("245.00")),
        ("North", Decimal("125.00")),
        ("total", Decimal("185.00")),
    ]


def test_metric_that_counts_is_written_in_whole_numbers(salesdesk: Salesdesk, two_months: Path) -> None:
    answer = salesdesk(
        *("metric", "orders", "conversion", "revenue", "--to", "2026-01-31"),
        *("--home", two_months, "--format", "csv"),
    )
    told = [line.split(",")[3:6] for line in answer.out.splitlines()[1:]]
    assert told == [["2", "", "2"], ["1", "2", "0.50"], ["370.00", "", "370.00"]]


def test_metrics_lists_every_declared_metric_in_the_language_asked_for(
    salesdesk: Salesdesk, tmp_path: Path
) -> None:
    answer = salesdesk("metrics", "--lang", "zh", "--home", tmp_path, "--format", "csv")
    told = {row["metric"]: row for row in csv.DictReader(io.StringIO(answer.out))}
    assert set(told) == set(metrics.catalog())
    assert (told["revenue"]["label"], told["revenue"]["unit"]) == ("销售额", "money")
    assert "region" in told["revenue"]["slices"].split(",")


def test_drivers_add_up_to_the_change(salesdesk: Salesdesk, two_months: Path) -> None:
    answer = salesdesk("drivers", "--at", "2026-02", "--home", two_months, "--format", "json")
    # customers 2 -> 1 at one order each: -1 x (185 + 250) / 2; value 185 -> 250: 65 x (2 + 1) / 2
    assert {row["name"]: row["effect"] for row in answer.rows} == {
        "customers": Decimal("-217.50"),
        "orders_per_customer": Decimal("0.00"),
        "value_per_order": Decimal("97.50"),
        "without_customer": Decimal("0.00"),
    }
    assert "change -120.00" in answer.err


def test_drivers_by_region_add_up_to_the_change(salesdesk: Salesdesk, two_months: Path) -> None:
    answer = salesdesk(
        "drivers", "--at", "2026-02", "--by", "region", "--home", two_months, "--format", "json"
    )
    assert [(row["name"], row["effect"]) for row in answer.rows] == [
        ("North", Decimal("-125.00")),
        ("East", Decimal("5.00")),
    ]


def test_metric_in_a_process_of_its_own_needs_little_work_and_no_pandas(two_months: Path) -> None:
    probe = (
        "import sys\nfrom pipelines.cli import main\n"
        "try:\n    main()\nfinally:\n    print(sys.modules.get('pandas'), file=sys.stderr)"
    )
    command = [sys.executable, "-c", probe, "metric", "revenue", "--home", str(two_months)]
    seconds = []
    for _ in range(3):
        before = os.times()
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        after = os.times()
        seconds.append(
            after.children_user - before.children_user + after.children_system - before.children_system
        )
        assert done.stderr.strip() == "None"
    # processor time, so that a busy machine says nothing; 0.6 s is what a person may wait
    assert min(seconds) < 0.6


def test_metric_outside_the_data_gives_no_rows_and_says_which_days_are_known(
    salesdesk: Salesdesk, two_months: Path
) -> None:
    for first, last in (("2010-01-01", "2010-12-31"), ("2030-01-01", "2030-12-31")):
        answer = salesdesk(
            "metric", "revenue", "--from", first, "--to", last, "--home", two_months, "--format", "json"
        )
        assert answer.rows == []
        assert "to 2026-02-28" in answer.err


def test_metric_rows_end_with_the_flags_of_each_cell(salesdesk: Salesdesk, two_months: Path) -> None:
    answer = salesdesk(
        "metric", "order_value", "--from", "2025-12-01", "--home", two_months, "--format", "csv"
    )
    header, december, january, *_ = answer.out.splitlines()
    assert (
        header == "metric,grain,period_start,numerator,denominator,value,is_complete,is_small_sample,reason"
    )
    assert december == "order_value,month,2025-12-01,,,,true,false,before_data"
    assert january.endswith("true,true,")
