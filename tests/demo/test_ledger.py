"""The generator's ledger equals an independent reading of the files it wrote."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.demo import DemoLedger, write_exports
from tests.demo import slow_books, slow_sales


@dataclass(frozen=True)
class Demo:
    folder: Path
    ledger: DemoLedger


@pytest.fixture(scope="module", params=[(700, 1, date(2026, 10, 31)), (700, 2, date(2026, 5, 17))], ids=str)
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Demo:
    orders, seed, end = request.param
    folder = tmp_path_factory.mktemp("demo") / "exports"
    return Demo(folder, write_exports(folder, orders=orders, seed=seed, months=14, end=end))


def test_periods_of_each_month_equal_the_orders_and_returns_added_up(demo: Demo) -> None:
    expected = slow_sales.monthly_sales(demo.folder)
    months = [row for row in demo.ledger.tables["periods"] if row["grain"] == "month"]
    assert {row["period_start"].isoformat() for row in months} == set(expected)
    for row in months:
        cell = expected[row["period_start"].isoformat()]
        assert {name: row[name] for name in cell} == cell


def test_segments_of_every_dimension_add_up_to_the_months_revenue(demo: Demo) -> None:
    totals: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
    for row in demo.ledger.tables["segments"]:
        totals[row["dimension"], row["month_start"]] += row["revenue"]
    months = [row for row in demo.ledger.tables["periods"] if row["grain"] == "month"]
    for dimension in ("region", "channel", "sales_rep", "currency"):
        assert {row["period_start"]: totals[dimension, row["period_start"]] for row in months} == {
            row["period_start"]: row["revenue"] for row in months
        }


def test_conversion_equals_each_first_order_credited_to_the_nearest_earlier_lead(demo: Demo) -> None:
    expected = slow_sales.conversion(demo.folder, 90)
    assert sum(converted for _, converted, _ in expected.values()) > 0
    assert {
        row["period_start"].isoformat(): (row["leads"], row["converted"], row["existing_customers"])
        for row in demo.ledger.tables["conversion"]
    } == expected


def test_retention_equals_the_customers_counted_one_by_one(demo: Demo) -> None:
    expected = slow_sales.retention(demo.folder)
    end = demo.ledger.end
    for row in demo.ledger.tables["retention"]:
        months = row["cohort_month"].year * 12 + row["cohort_month"].month - 1 + row["month_no"]
        month = date(months // 12, months % 12 + 1, 1)
        size = expected[row["cohort_month"].isoformat(), row["cohort_month"].isoformat()][0]
        retained = expected.get((row["cohort_month"].isoformat(), month.isoformat()), (size, 0))[1]
        assert (row["cohort_size"], row["retained_count"]) == (size, retained)
        assert (month.year, month.month) < (end.year, end.month) or end == date(2026, 10, 31)


@pytest.mark.parametrize("payment_by_payment", [False, True], ids=["rule by rule", "payment by payment"])
def test_aging_equals_the_published_application_rule_on_the_files(
    demo: Demo, *, payment_by_payment: bool
) -> None:
    books = slow_books.keep_books(demo.folder, payment_by_payment=payment_by_payment)
    found: dict[tuple[date, str], dict[tuple[str, int], tuple[Decimal, int]]] = defaultdict(dict)
    for row in demo.ledger.tables["aging"]:
        found[row["as_of"], row["basis"]][row["currency"], row["bucket_no"]] = (
            row["amount"],
            row["item_count"],
        )
    assert len(found) == 8
    for (as_of, basis), cells in found.items():
        assert cells == slow_books.aging(books, as_of, basis)


def test_ledger_balances_equal_what_the_books_leave_open(demo: Demo) -> None:
    books = slow_books.keep_books(demo.folder, payment_by_payment=False)
    found: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for row in slow_sales.read(demo.folder, "ledger_balances"):
        found[row["balance_date"]][row["customer_id"]] = Decimal(row["balance"])
    assert len(found) == 4
    for day, customers in found.items():
        assert customers == slow_books.balances(books, date.fromisoformat(day))


def test_receivables_are_the_sum_of_their_buckets_and_of_their_parts(demo: Demo) -> None:
    for row in demo.ledger.tables["receivables"]:
        for basis in ("due", "invoice"):
            buckets = [
                cell["amount"]
                for cell in demo.ledger.tables["aging"]
                if (cell["as_of"], cell["currency"], cell["basis"]) == (row["as_of"], row["currency"], basis)
            ]
            assert sum(buckets) == row["total"]
        assert row["open_invoices"] + row["open_credit_notes"] + row["unapplied_payments"] == row["total"]


def test_money_flows_equal_the_invoices_and_payments_added_up(demo: Demo) -> None:
    invoiced: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    collected: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in slow_sales.read(demo.folder, "invoices"):
        if row["status"] == "issued":
            invoiced[slow_sales.month_of(row["invoice_date"]), row["currency"]] += Decimal(
                row["gross_amount"]
            )
    for row in slow_sales.read(demo.folder, "payments"):
        is_money = row["status"] == "succeeded" and row["kind"] in {"payment", "refund"}
        if is_money and row["payment_date"] <= demo.ledger.end.isoformat():
            collected[slow_sales.month_of(row["payment_date"]), row["currency"]] += Decimal(row["amount"])
    keys = {
        (row["month_start"].isoformat(), row["currency"]): row for row in demo.ledger.tables["money_flows"]
    }
    assert {key: row["invoiced"] for key, row in keys.items() if row["invoiced"]} == invoiced
    assert {key: row["collected"] for key, row in keys.items() if row["collected"]} == collected
