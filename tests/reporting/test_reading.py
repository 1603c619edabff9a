"""From documents to pages: a small company worked by hand, and companies that miss whole kinds of documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipelines import metrics, reporting, resources, warehouse
from pipelines.job import review_data
from pipelines.reporting import numbers, pages, render
from pipelines.reporting.facts import RunFacts
from pipelines.reporting.review import ReviewData
from pipelines.settings import Settings
from pipelines.warehouse import models
from tests import support

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

D = Decimal
LAST = date(2026, 10, 31)
ORDERS = """
SO-1 2025-10-05 C1 1000 East
SO-2 2026-09-10 C1 1500 East
SO-3 2026-10-04 C1 1200 East
SO-4 2026-10-20 C2 600 West
"""
# gross amounts; SO-4 waits for its invoice
INVOICES = """
INV-1 2025-10-06 C1 SO-1 1130 2025-11-05
INV-2 2026-09-12 C1 SO-2 1695 2026-10-12
INV-3 2026-10-05 C1 SO-3 1356 2026-11-04
"""
PAYMENTS = """
RC-1 2025-11-01 C1 INV-1 1130
RC-2 2026-10-15 C1 INV-2 1000
"""


# each dated after the as-of date
TO_COME = (
    "SO-9 2026-12-05 C1 9000 East",
    "INV-9 2026-11-01 C1 SO-4 678 2026-12-01",
    "RC-9 2026-11-20 C1 INV-3 1356",
)


def a_company(
    connection: DuckDBPyConnection, kinds: tuple[str, ...], to_come: tuple[str, str, str] = ("", "", "")
) -> None:
    support.empty_raw(connection)
    for line in (ORDERS + to_come[0]).split("\n") if "orders" in kinds else ():
        if line:
            number, day, customer, amount, region = line.split()
            tax = D(amount) * D("0.13")
            row = {"order_id": number, "order_date": day, "customer_id": customer, "amount": D(amount)}
            row |= {"tax_amount": tax, "region": region, "currency": "CNY", "line_no": 1}
            support.insert(connection, "raw.orders", [row])
    for line in (INVOICES + to_come[1]).split("\n") if "invoices" in kinds else ():
        if line:
            number, day, customer, order, gross, due = line.split()
            row = {"invoice_id": number, "invoice_date": day, "customer_id": customer, "due_date": due}
            row |= {
                "gross_amount": D(gross),
                "order_id": order if "orders" in kinds else None,
                "currency": "CNY",
            }
            support.insert(connection, "raw.invoices", [row])
    for line in (PAYMENTS + to_come[2]).split("\n") if "payments" in kinds else ():
        if line:
            number, day, customer, invoice, amount = line.split()
            row = {"payment_id": number, "payment_date": day, "customer_id": customer, "amount": D(amount)}
            row |= {"invoice_id": invoice if "invoices" in kinds else None, "currency": "CNY"}
            support.insert(connection, "raw.payments", [row])
    support.build(connection)
    models.create_macros(connection, resources.path("sql") / "macros")
    metrics.materialise(connection, support.PARAMETERS)
    connection.execute("create schema if not exists ops")
    for path in sorted((resources.path("sql") / "ops").glob("*.sql")):
        connection.execute(path.read_text(encoding="utf-8"))


def read(connection: DuckDBPyConnection) -> tuple[ReviewData, RunFacts]:
    run = RunFacts("run-1", LAST, "CNY", "甲公司", LAST, LAST)
    return review_data.read(connection, run, Settings(home=Path("unused")))


@pytest.fixture(scope="module")
def company() -> Iterator[DuckDBPyConnection]:
    with warehouse.connect() as opened:
        a_company(opened, ("orders", "invoices", "payments"))
        yield opened


@pytest.mark.slow
def test_review_of_a_small_company_has_the_figures_worked_by_hand(company: DuckDBPyConnection) -> None:
    data, run = read(company)
    assert (run.period_start, run.period_end) == (date(2026, 10, 1), LAST)
    now = {name: line.history[-1].value for name, line in data.metrics.items()}
    assert now["revenue"] == D(1800)  # 1,200 + 600
    assert now["orders"] == 2
    assert now["order_value"] == D(900)
    assert now["collected"] == D(1000)
    assert now["receivables"] == D(2051)  # 1,695 - 1,000 + 1,356
    assert now["overdue"] == D(695)
    before = data.metrics["revenue"].prior[-1]
    assert before is not None
    assert before.value == D(1000)
    # month ends from October 2025; INV-1 is paid by November's, and nothing is owed until INV-2 in September
    assert [sum(month.amounts) for month in data.aging_months] == [1130, *[0] * 10, 1695, 2051]


@pytest.mark.slow
def test_review_of_a_small_company_ties_out(company: DuckDBPyConnection) -> None:
    data, _ = read(company)
    assert {tie.key for tie in data.tie_outs} == {
        "reps_equal_aging",
        "aging_equals_open",
        "segments_equal_revenue",
        "bridge_closes",
    }
    assert {tie.difference for tie in data.tie_outs} == {D(0)}
    steps = {step.key: step.amount for step in data.bridge}
    # booked 1,800 + 13 % = 2,034; SO-4's 678 waits; invoiced 1,356, all of it open; 1,000 came for September
    assert steps == {
        "booked": D(2034),
        "not_yet_invoiced": D(-678),
        "invoiced": D(1356),
        "open": D(-1356),
        "earlier_collected": D(1000),
        "collected": D(1000),
    }
    assert data.roll_forward is not None
    assert (data.roll_forward.opening, data.roll_forward.closing) == (D(1695), D(2051))


@pytest.mark.slow
def test_review_of_a_small_company_names_who_owes(company: DuckDBPyConnection) -> None:
    data, _ = read(company)
    assert data.current is not None
    (row,) = data.current.overdue
    # INV-2 was due on 12 October: 19 days late on the 31st
    assert (row.customer_id, row.overdue, row.oldest_days, row.next_step) == ("C1", D(695), 19, "phone")
    assert [(item.key, item.items, item.amount) for item in data.due_windows if item.items] == [
        ("within_7", 1, D(1356))
    ]
    assert [(item.key, item.amount) for item in data.uninvoiced if item.items] == [("within_15", D(678))]


@pytest.mark.slow
def test_statement_of_a_small_company_ends_at_what_is_open(company: DuckDBPyConnection) -> None:
    _, run = read(company)
    (statement,) = review_data.statements(company, run, Settings(home=Path("unused")))
    (account,) = statement.accounts
    # the three months from August: INV-2, INV-3 and RC-2
    assert [line.amount for line in account.lines] == [D(1695), D(1356), D(-1000)]
    assert (account.opening, account.closing) == (D(0), D(2051))
    assert account.is_tied


@pytest.mark.slow
def test_page_shows_each_headline_figure_as_the_metric_has_it(company: DuckDBPyConnection) -> None:
    data, run = read(company)
    page = pages.monthly_review(data, run)
    html = render.page(page, run, is_interactive=False)
    known = metrics.catalog()
    for kpi in page.kpis:
        rows = metrics.query(company, kpi.key, start=run.period_start, end=run.period_end)
        if kpi.key not in data.metrics or kpi.parts.digits.zh == "–":
            continue
        parts = numbers.rate_parts(rows[-1].value)
        if known[kpi.key].unit == "money":
            parts = numbers.money_parts(rows[-1].value, "CNY")
        card = re.search(rf'id="kpi-{kpi.key}"[\s\S]*?</article>', html)
        assert card
        assert f">{parts.digits.zh}<" in card.group(0)
        assert parts.digits.en in card.group(0)


@pytest.mark.slow
@pytest.mark.parametrize(
    "kinds",
    [
        (),
        ("orders",),
        ("invoices",),
        ("payments",),
        ("orders", "payments"),
        ("orders", "invoices"),
        ("invoices", "payments"),
    ],
)
def test_pages_of_a_company_that_misses_documents_are_made(
    connection: DuckDBPyConnection, tmp_path: Path, kinds: tuple[str, ...]
) -> None:
    a_company(connection, kinds)
    data, run = read(connection)
    written = reporting.publish(
        data, tmp_path, run, review_data.statements(connection, run, Settings(home=tmp_path))
    )
    assert len(written) >= 11
    text: Any = (tmp_path / "latest" / "monthly-review.lite.html").read_text(encoding="utf-8")
    said = {"orders": "没有订单数据", "invoices": "没有发票数据"}
    for kind, sentence in said.items():
        assert (sentence in text) == (kind not in kinds and not (kind == "invoices" and "payments" in kinds))


@pytest.mark.slow
def test_documents_dated_after_the_as_of_date_change_no_figure_of_the_pages(
    company: DuckDBPyConnection, connection: DuckDBPyConnection
) -> None:
    a_company(connection, ("orders", "invoices", "payments"), TO_COME)
    told, run = read(connection)
    known, _ = read(company)
    for field in fields(ReviewData):
        assert getattr(told, field.name) == getattr(known, field.name), field.name
    assert connection.sql(
        "select count(*) from marts.fct_orders where order_date > date '2026-10-31'"
    ).fetchone() == (1,)
    assert pages.monthly_review(told, run) == pages.monthly_review(known, run)
