"""Days sales outstanding, effectiveness and expected loss: worked by hand, and peers' published examples."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipelines import resources
from pipelines.errors import MetricError
from pipelines.metrics import receivables
from pipelines.metrics.receivables.losses import RollRate
from pipelines.warehouse import models
from tests import support

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@pytest.fixture(scope="module")
def examples(shared: Path) -> dict[str, dict[str, Any]]:
    text = (shared / "cases" / "receivables.json").read_text(encoding="utf-8")
    return {each["id"]: each for each in json.loads(text, parse_float=Decimal, parse_int=Decimal)["metrics"]}


@pytest.mark.parametrize("example", ["L01", "L02"])
def test_days_of_published_examples_equal_theirs(examples: dict[str, dict[str, Any]], example: str) -> None:
    given, expected = examples[example]["inputs"], examples[example]["expected"]
    total, current, sales = given["ar_total"], given["ar_current"], given["credit_sales"]
    days = int(given["days"])
    assert receivables.sales_outstanding_days(total, sales, days) == expected["dso"]
    assert receivables.best_possible_days(current, sales, days) == expected["bpdso"]
    assert receivables.days_delinquent(total, current, sales, days) == expected["add"]


def test_effectiveness_of_the_published_example_equals_theirs(examples: dict[str, dict[str, Any]]) -> None:
    given = examples["L03"]["inputs"]
    found = receivables.collection_effectiveness(
        given["begin_ar"], given["credit_sales"], given["end_ar"], given["end_current"]
    )
    assert found == examples["L03"]["expected"]["cei_pct"]


def test_countback_of_the_published_example_equals_theirs(examples: dict[str, dict[str, Any]]) -> None:
    given = examples["L04"]["inputs"]
    sales = [(month, int(given["days_per_month"])) for month in given["month_sales_newest_first"]]
    found = receivables.counted_back_days(given["ar"], sales)
    assert found is not None
    assert round(found.days, 3) == examples["L04"]["expected"]["dso"]
    assert not found.is_at_least


@pytest.mark.parametrize("sales", [Decimal(0), Decimal(-5)])
def test_days_without_sales_are_none(sales: Decimal) -> None:
    assert receivables.sales_outstanding_days(Decimal(10), sales, 30) is None
    assert receivables.best_possible_days(Decimal(10), sales, 30) is None
    assert receivables.days_delinquent(Decimal(10), Decimal(5), sales, 30) is None


@pytest.mark.parametrize("not_due", [Decimal(110), Decimal(120)])
def test_effectiveness_with_nothing_to_collect_is_none(not_due: Decimal) -> None:
    assert receivables.collection_effectiveness(Decimal(10), Decimal(100), Decimal(110), not_due) is None


@pytest.mark.parametrize(
    ("receivable", "sales", "days", "is_at_least"),
    [
        # A month without sales adds its days: 30 + 28 + half of 31.
        (150, [(100, 30), (0, 28), (100, 31)], "73.5", False),
        # More credited than sold uses up nothing and gives nothing back.
        (150, [(100, 30), (-20, 28), (100, 31)], "73.5", False),
        (100, [(100, 30), (50, 31)], "30", False),
        (250, [(100, 30), (100, 31)], "61", True),
        (0, [(100, 30)], "0", False),
        (10, [], "0", True),
    ],
)
def test_countback_at_its_edges(
    receivable: int, sales: list[tuple[int, int]], days: str, *, is_at_least: bool
) -> None:
    months = [(Decimal(amount), length) for amount, length in sales]
    found = receivables.counted_back_days(Decimal(receivable), months)
    assert found == receivables.CountedBack(Decimal(days), is_at_least)


def test_countback_of_a_credit_balance_is_none() -> None:
    assert receivables.counted_back_days(Decimal(-1), [(Decimal(100), 30)]) is None


@pytest.fixture
def built(connection: DuckDBPyConnection) -> DuckDBPyConnection:
    """Two invoices of January due end of January and end of February; the second half paid in March.

    Another customer has paid 40 too much in January.
    """
    support.empty_raw(connection)
    invoice = {"customer_id": "A", "gross_amount": 100}
    support.insert(
        connection,
        "raw.invoices",
        [
            {**invoice, "invoice_id": "1", "invoice_date": "2026-01-01", "due_date": "2026-01-31"},
            {**invoice, "invoice_id": "2", "invoice_date": "2026-01-10", "due_date": "2026-02-28"},
        ],
    )
    support.insert(
        connection,
        "raw.payments",
        [
            {
                "payment_id": "P",
                "payment_date": "2026-03-15",
                "customer_id": "A",
                "amount": 50,
                "invoice_id": "2",
            },
            {"payment_id": "Q", "payment_date": "2026-01-20", "customer_id": "B", "amount": 40},
        ],
    )
    support.build(connection, ["receivable_totals", "fct_payment_days"], as_of=date(2026, 3, 31))
    models.create_macros(connection, resources.path("sql") / "macros")
    return connection


def test_months_of_a_worked_ledger_have_its_balances_and_ratios(built: DuckDBPyConnection) -> None:
    january, february, march = receivables.months(built, "CNY")
    amounts = (january.opening, january.sales, january.collected, january.closing)
    assert amounts == tuple(map(Decimal, (0, 200, 40, 160)))
    # Both invoices are not due on 31 January; the 40 unapplied is eleven days old.
    assert (january.not_due, january.overdue) == (Decimal(200), Decimal(-40))
    assert (february.not_due, february.overdue) == (Decimal(100), Decimal(60))
    assert (march.closing, march.not_due, march.quarter_days) == (Decimal(110), Decimal(0), 90)
    assert march.dso == march.days_delinquent == Decimal("49.5")
    assert march.best_possible_dso == 0
    # Opening 160, no sales, closing 110, all of it overdue: 50 of 160 collected.
    assert march.effectiveness == Decimal("31.25")
    # March and February have no sales: 31 + 28 days, then 110 of January's 200 sold in 31 days.
    assert march.dso_countback == receivables.CountedBack(Decimal("76.05"), is_at_least=False)


def test_days_to_pay_of_a_worked_ledger_tell_open_invoices_apart(built: DuckDBPyConnection) -> None:
    january, february, march = receivables.months(built, "CNY")
    assert (january.days_to_pay, january.days_late, february.days_to_pay) == (None, None, None)
    # Invoices of 100 each from 1 and 10 January: 30 and 21 days old, then 58 and 49.
    assert (january.open_days, february.open_days) == (Decimal("25.5"), Decimal("53.5"))
    # 50 of the second is paid on 15 March: 64 days from its date, 15 past 28 February.
    assert (march.days_to_pay, march.days_late) == (Decimal(64), Decimal(15))
    # Still open: 100 for 89 days, 50 for 80 days.
    assert march.open_days == Decimal(86)


def test_weighted_days_of_nothing_are_none() -> None:
    assert receivables.weighted_days(Decimal(10), Decimal(0)) is None
    assert receivables.weighted_days(Decimal(10), Decimal(-5)) is None


def test_roll_rates_of_a_worked_ledger_follow_each_bucket(built: DuckDBPyConnection) -> None:
    found = receivables.roll_rates(built, "CNY", (30, 60))
    # Not due: 200 then 100; of them 100 (28 days late) and 50 (31 days late: past the first bucket) follow.
    # 1-30: 100 in February, of which 100 is 59 days late in March, beside the 50 that skipped a bucket.
    assert found == [
        RollRate(0, Decimal(100), Decimal(300)),
        RollRate(1, Decimal(150), Decimal(100)),
        RollRate(2, Decimal(0), Decimal(0)),
    ]
    assert [each.rate for each in found] == [Decimal(100) / 300, 1, None]


def test_loss_rates_are_products_of_what_rolls_to_the_end() -> None:
    rates = [RollRate(0, Decimal(10), Decimal(100)), RollRate(1, Decimal(50), Decimal(100))]
    assert receivables.loss_rates(rates, Decimal("0.8")) == [Decimal("0.04"), Decimal("0.4"), Decimal("0.8")]
    unknown = [RollRate(0, Decimal(10), Decimal(100)), RollRate(1, Decimal(0), Decimal(0))]
    assert receivables.loss_rates(unknown, Decimal("0.8")) == [
        Decimal("0.08"),
        Decimal("0.8"),
        Decimal("0.8"),
    ]


def test_expected_losses_leave_credit_balances_out_of_the_allowance(built: DuckDBPyConnection) -> None:
    rates = [Decimal(0), Decimal("0.01"), Decimal("0.333")]
    found = receivables.expected_losses(built, date(2026, 3, 31), (30,), rates)
    # Over 30 days: A owes 100 + 50 (59 and 31 days), B is owed 40: the allowance is on 150, not on 110.
    assert [(each.bucket, each.balance, each.allowance, each.net) for each in found] == [
        (">30", Decimal(110), Decimal("49.95"), Decimal("60.05"))
    ]


def test_own_losses_multiply_monthly_roll_rates_whatever_the_bounds(built: DuckDBPyConnection) -> None:
    found = receivables.own_losses(built, date(2026, 2, 28), (45,), "CNY")
    # Rolls as above: of what is not due a third, of 1-30 all; nothing was ever older, so all of that counts as lost.
    # A has 100 not due and 100 that is 28 days late; the 40 that B has in credit, 39 days old, takes nothing off it.
    assert [(each.bucket, each.balance, each.allowance) for each in found] == [
        ("not due", Decimal(100), Decimal("33.33")),
        ("1-45", Decimal(60), Decimal("100.00")),
    ]
    assert [each.rate for each in found] == [Decimal(100) / 300, 1]


def test_own_losses_without_an_earlier_month_end_are_none(built: DuckDBPyConnection) -> None:
    assert receivables.own_losses(built, date(2026, 2, 28), (30,), "USD") == []


def test_expected_losses_with_too_few_rates_say_which_are_wanted(built: DuckDBPyConnection) -> None:
    with pytest.raises(MetricError) as error:
        receivables.expected_losses(built, date(2026, 3, 31), (30, 60), [Decimal(0)])
    assert "4 rates" in str(error.value)
    assert "not due, 1-30, 31-60, >60" in str(error.value)
