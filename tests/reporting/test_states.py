"""Cards of months in which little happened: each says what is so, and nothing that is not."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from pipelines.reporting import figures, messages, numbers, pages, phrases, svg
from pipelines.reporting.cards import cash, customers, headline, receivables, revenue
from pipelines.reporting.chart import Chart, Labels
from pipelines.reporting.review import (
    AgingMonth,
    AgingRow,
    FunnelStage,
    MetricLine,
    Point,
    Receivables,
    ReviewData,
    YearOnYear,
)
from pipelines.reporting.table import Card, Section
from tests.reporting.sample import LAST, a_review, a_run

D = Decimal
SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)


def card(section: Section, key: str) -> Card:
    return next(card for card in section.cards if card.key == key)


def line(name: str, unit: str, now: str, before: str | None = None) -> MetricLine:
    points = (Point(SEPTEMBER, D(now)), Point(OCTOBER, D(now), D(now), D(1)))
    old = None if before is None else Point(date(2025, 10, 1), D(before))
    return MetricLine(
        name, unit, "up", points, (None, old), (YearOnYear(points[0]), YearOnYear(points[1], old))
    )


@pytest.mark.parametrize(
    ("missing", "told"),
    [
        ((), "The month has no order, invoice or payment."),
        (("payments",), "Needs orders, invoices and payments"),
    ],
    ids=["a quiet month", "no payments export"],
)
def test_bridge_without_steps_says_whether_an_export_is_missing(missing: tuple[str, ...], told: str) -> None:
    data = a_review(bridge=(), missing_kinds=missing)
    assert card(cash.section(data, a_run()), "bridge").empty.en.startswith(told)


@pytest.mark.parametrize(
    ("months", "missing", "told"),
    [
        ((), (), "The first month is not over yet"),
        ((AgingMonth(LAST, (D(0), D(0))),), (), "Nothing receivable is open."),
        ((), ("invoices",), "No invoices export"),
    ],
    ids=["first month", "all paid", "no invoices export"],
)
def test_receivables_without_a_balance_say_why(
    months: tuple[AgingMonth, ...], missing: tuple[str, ...], told: str
) -> None:
    data = a_review(aging_months=months, missing_kinds=missing)
    assert receivables.trend(data, a_run()).empty.en.startswith(told)


def test_funnel_of_a_month_without_leads_does_not_miss_an_export() -> None:
    data = a_review(funnel=(FunnelStage("leads", D(0), None),), missing_kinds=())
    assert card(customers.section(data, a_run()), "funnel").empty.en == "The month has no lead."
    data = a_review(funnel=(), missing_kinds=("leads",))
    assert card(customers.section(data, a_run()), "funnel").empty.en.startswith("No leads export")


@pytest.mark.parametrize(
    ("before", "told"), [("700", "No customer ordered"), (None, "There is no comparable prior year")]
)
def test_change_that_is_not_taken_apart_says_why(before: str | None, told: str) -> None:
    """A month without a customer beside one with some, and one without a year before."""
    data = ReviewData(metrics={"revenue": line("revenue", "money", "0", before)})
    assert card(revenue.section(data, a_run()), "why").empty.en.startswith(told)


def test_reps_do_not_stand_out_from_an_average_below_nothing() -> None:
    """Ann: 10 of 60 late; Bob: a payment of 40 that settles nothing. Together 20 are open and -30 late."""
    rows = (
        AgingRow("Ann", "Ann", "CNY", (D(50), D(10)), D(10)),
        AgingRow("Bob", "Bob", "CNY", (D(0), D(-40)), D(-40)),
    )
    (found,) = receivables.by_rep(Receivables(LAST, rows, rows), (30,), a_run())
    assert found.title.en == "Open by sales rep, ¥20.00 in all"
    assert found.blocks[0].table is not None
    assert "adv" not in " ".join(cell.css for row in found.blocks[0].table.rows for cell in row)


def test_overdue_below_nothing_makes_no_sentence_and_says_what_it_is() -> None:
    lines = {
        "overdue": line("overdue", "money", "-44200"),
        "overdue_share": line("overdue_share", "rate", "-1.6"),
    }
    data = ReviewData(metrics=lines)
    assert [each.key for each in messages.messages(data, a_run())] == []
    (kpi,) = [each for each in headline.kpis(data, a_run()) if each.key == "overdue_share"]
    assert kpi.caption.en == "credits exceed overdue by ¥44.2k"
    assert kpi.caption.zh == "贷项比逾期多 4.4 万元"


def labels(chart: Chart, place: str) -> tuple[Decimal | None, ...]:
    (found,) = [mark for mark in chart.panels[-1].marks if isinstance(mark, Labels) and mark.place == place]
    return found.heights


def test_values_stand_at_their_own_column_and_never_on_hatching() -> None:
    """Full months of 90 and 3 beside 80 last year; October, 60 by now, is hatched."""
    months = [date(2026, 8, 1), SEPTEMBER, OCTOBER]
    history = tuple(
        Point(month, D(value), is_complete=month != OCTOBER)
        for month, value in zip(months, (90, 3, 60), strict=True)
    )
    prior = tuple(Point(month.replace(year=2025), D(80)) for month in months)
    years = tuple(YearOnYear(*pair) for pair in zip(history, prior, strict=True))
    trend = MetricLine("revenue", "money", "up", history, prior, years)
    chart = figures.trend(trend, numbers.table_unit([D(90)], "CNY"), "en")
    assert labels(chart, "foot") == (D(90), None, None)
    assert labels(chart, "above") == (None, D(3), D(60))
    rimmed = re.findall(r"<text [^>]*paint-order[^>]*>([^<]*)<", svg.draw(chart, "screen"))
    assert rimmed == ["3.00", "60.00"]  # these may lie on last year's column or on a neighbour


def test_first_year_has_no_legend_for_changes() -> None:
    data = a_review()
    alone = replace(data.metrics["revenue"], prior=(), years=())
    review = replace(data, metrics={**data.metrics, "revenue": alone})
    trend = card(revenue.section(review, a_run()), "revenue")
    assert [key for key, _ in trend.legend] == ["actual", "plan"]


def test_owner_of_a_metric_is_named_in_both_languages_where_the_catalogs_know_it() -> None:
    assert [phrases.owner_name(owner).zh for owner in ("finance", "总经办")] == ["财务", "总经办"]


@pytest.mark.parametrize(("leads", "note"), [(19, ""), (40, "Jan–Feb combined")])
def test_note_on_comparisons_is_of_figures_that_show_one(leads: int, note: str) -> None:
    """In May the conversion is of February's leads; of fewer than 30 it is a dash without a comparison."""
    february = Point(date(2026, 2, 1), D("0.1"), D(4), D(leads))
    both = replace(february, denominator=D(90))
    conversion = MetricLine(
        "conversion", "rate", "up", (february,), (None,), (YearOnYear(both, both, is_combined=True),)
    )
    page = pages.monthly_review(a_review(metrics={"conversion": conversion}, tie_outs=()), a_run())
    assert page.kpi_note.en[: len("Jan–Feb combined")] == note
