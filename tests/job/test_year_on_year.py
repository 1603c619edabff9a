"""January and February on pages: one rule with `salesdesk metric --compare year`, worked by hand.

2025: January A 100 in one order, February A 50. 2026: January A 60, February A 90 and B 30 (West).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipelines import metrics, resources, warehouse
from pipelines.job import review_data
from pipelines.reporting import mail, messages, pages, phrases
from pipelines.reporting.facts import RunFacts
from pipelines.reporting.review import ReviewData
from pipelines.settings import Settings
from tests import support
from tests.metrics import sales

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.reporting.pages import Page
    from pipelines.reporting.table import Card

ORDERS = [
    sales.order(1, date(2025, 1, 10), "A", "100"),
    sales.order(2, date(2025, 2, 10), "A", "50"),
    sales.order(3, date(2026, 1, 10), "A", "60"),
    sales.order(4, date(2026, 2, 10), "A", "90"),
    sales.order(5, date(2026, 2, 25), "B", "30", "West"),
]


@pytest.fixture(scope="module")
def company() -> Iterator[DuckDBPyConnection]:
    with warehouse.connect() as connection:
        support.empty_raw(connection)
        support.insert(connection, "raw.orders", ORDERS)
        sales.finish(connection)
        connection.execute("create schema if not exists ops")
        for path in sorted((resources.path("sql") / "ops").glob("*.sql")):
            connection.execute(path.read_text(encoding="utf-8"))
        yield connection


def review(connection: DuckDBPyConnection, as_of: date) -> tuple[ReviewData, RunFacts]:
    run = RunFacts("run-1", as_of, "CNY", "", as_of, as_of)
    return review_data.read(connection, run, Settings(home=Path("unused")))


@pytest.fixture(scope="module")
def february(company: DuckDBPyConnection) -> tuple[ReviewData, RunFacts]:
    return review(company, sales.AS_OF)


@pytest.fixture(scope="module")
def january(company: DuckDBPyConnection) -> tuple[ReviewData, RunFacts]:
    return review(company, date(2026, 2, 10))


def card(page: Page, key: str) -> Card:
    return next(card for section in page.sections for card in section.cards if card.key == key)


def moves(page: Page, lang: str) -> dict[str, tuple[str, ...]]:
    return {
        kpi.key: tuple(f"{move.name.of(lang)} {move.text.of(lang)}" for move in kpi.moves)
        for kpi in page.kpis
    }


def test_february_compares_both_months_recomputed_from_their_orders(
    february: tuple[ReviewData, RunFacts],
) -> None:
    """180 beside 150; 3 orders beside 2; A and B beside A; 180 / 3 beside 150 / 2, 180 / 2 beside 150 / 1."""
    data, _ = february
    pairs: dict[str, tuple[Any, Any]] = {
        name: (line.years[-1].now.value, before.value)
        for name, line in data.metrics.items()
        if (before := line.years[-1].before) is not None and line.years[-1].is_combined
    }
    assert pairs["revenue"] == (180, 150)
    assert pairs["orders"] == (3, 2)
    assert pairs["buying_customers"] == (2, 1)
    assert pairs["order_value"] == (60, 75)
    assert pairs["customer_spend"] == (90, 150)
    assert data.metrics["revenue"].history[-1].value == 120  # the month's own figure stays
    assert data.metrics["retention"].years[-1].reason == "not_combined"


def test_february_takes_the_change_of_both_months_apart(february: tuple[ReviewData, RunFacts]) -> None:
    """1 x 2 x 75 to 2 x 1.5 x 60: (80 + 38.75) - (32.5 + 17.5) - 15 x (5 / 3 + 5.5 / 6) = 30."""
    data, run = february
    assert [driver.effect for driver in messages.drivers_of(data)] == [
        Decimal("118.75"),
        Decimal(-50),
        Decimal("-38.75"),
    ]
    assert [(row.segment, row.current, row.prior) for row in data.segments] == [
        ("East", Decimal(150), Decimal(150)),
        ("West", Decimal(30), Decimal(0)),
    ]
    assert {tie.key: tie.difference for tie in data.tie_outs}["segments_equal_revenue"] == 0
    why = card(pages.monthly_review(data, run), "why")
    assert why.sub.en == "Revenue by region, ¥, Jan–Feb combined"
    assert why.blocks[1].heading.zh == "1–2 月合计销售额同比变化的原因"
    assert why.blocks[1].table is not None
    assert [cell.text.en for cell in why.blocks[1].table.foot[0]] == ["Total", "150.00 → 180.00", "+30.00"]


def test_february_says_that_both_months_are_compared(february: tuple[ReviewData, RunFacts]) -> None:
    data, run = february
    page = pages.monthly_review(data, run)
    assert moves(page, "zh")["revenue"] == ("1–2 月合计同比 +20.0%", "环比 +100.0%")
    assert moves(page, "en")["customer_spend"] == ("YoY Jan–Feb combined -40.0%", "MoM 0.0%")
    trend = card(page, "revenue")
    assert trend.title.zh == "销售额 120.00 元，1–2 月合计同比 +20.0%"
    assert trend.title.en == "Revenue ¥120.00, +20.0% on last year, Jan–Feb combined"
    assert trend.drawing is not None
    told = [[cell.text.en for cell in row] for row in trend.drawing.data.rows[-2:]]
    assert told == [
        ["2026-01", "60.00", "100.00", "–"],
        ["2026-02", "120.00", "50.00", "Jan–Feb combined +20.0%"],
    ]
    digest = mail.of_review(page, data, run)
    for text in (page.kpi_note.en, mail.plain(digest, run)):
        assert re.search("Jan–Feb combined|1–2 月合计", text)


def test_january_waits_for_february_and_says_so(january: tuple[ReviewData, RunFacts]) -> None:
    data, run = january
    assert run.period_start == date(2026, 1, 1)
    page = pages.monthly_review(data, run)
    assert moves(page, "en")["revenue"][0] == "YoY –"
    assert "no year on year for January alone" in page.kpi_note.en
    assert "1 月不单独作同比" in page.kpi_note.zh
    assert "on last year" not in str([message.text.en for message in page.messages])
    why = card(page, "why")
    assert why.empty.en.startswith("Revenue: no year on year for January alone")
    assert messages.drivers_of(data) == ()


@pytest.mark.parametrize("month", [1, 2])
def test_pages_compare_what_the_command_compares(
    company: DuckDBPyConnection,
    january: tuple[ReviewData, RunFacts],
    february: tuple[ReviewData, RunFacts],
    month: int,
) -> None:
    data, run = (january, february)[month - 1]
    seen = 0
    for name, line in data.metrics.items():
        (told,) = metrics.compare(company, name, at=run.period_start)
        change = phrases.year_change(line, line.years[-1])
        size = told.to_prior_year.growth if line.unit != "rate" else told.to_prior_year.difference
        if told.to_prior_year.reason in {"waits_for_february", "not_combined"}:
            assert line.years[-1].reason == told.to_prior_year.reason
        elif change.size is not None and size is not None:
            assert abs(change.size - size) < Decimal("0.000001"), name
            seen += 1
    assert seen >= 5 * (month - 1)
