from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest

from pipelines.reporting import figures, interactive, numbers, pages, render, svg
from pipelines.reporting.facts import RunFacts
from pipelines.reporting.review import (
    AgingMonth,
    AgingRow,
    Cohort,
    CollectionMonth,
    ForecastWeek,
    IssueKind,
    LossRow,
    MetricLine,
    OverdueCustomer,
    Point,
    Receivables,
    ReviewData,
    SegmentRow,
)
from tests.reporting.sample import LAST, a_refused_row, a_review, a_run

D = Decimal
HOSTILE = "<img src=x onerror=alert(1)>'\"&{{7*7}}{0}</script>=1+1"
VOID = {"meta", "input", "br", "path", "circle", "rect", "img", "link", "hr"}


class Checker(HTMLParser):
    """Collects tags and texts and notices elements that are not closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.ids: list[str] = []
        self.text: list[str] = []
        self.problems: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if dict(attrs).get("id"):
            self.ids.append(str(dict(attrs)["id"]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.problems.append(tag)

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in {"style", "script"}:
            self.text.append(data)


def checked(html: str) -> Checker:
    checker = Checker()
    checker.feed(html)
    assert checker.problems == []
    assert checker.open == []
    assert len(checker.ids) == len(set(checker.ids))
    return checker


def every_page(data: ReviewData, run: RunFacts) -> dict[str, str]:
    found = {
        page.name: render.page(page, run, is_interactive=False)
        for page in (
            pages.monthly_review(data, run),
            pages.receivables_page(data, run),
            pages.daily_desk(data, run),
            pages.data_quality(data, run),
            pages.index(
                data,
                run,
                (("statements/C1.html", "甲"), ("statements/甲#%.html", "乙")),
                frozenset({run.run_id}),
            ),
        )
    }
    found["interactive"] = render.page(pages.monthly_review(data, run), run, is_interactive=True)
    return found


def hostile_review() -> ReviewData:
    sample = a_review()
    assert sample.closing is not None
    row = replace(sample.closing.overdue[0], customer_name=HOSTILE, customer_id=HOSTILE, sales_rep=HOSTILE)
    receivables = Receivables(LAST, (AgingRow(HOSTILE, HOSTILE, "CNY", row.amounts),), (), (row,))
    refused = a_refused_row(found=HOSTILE, file_name=HOSTILE, document_key=HOSTILE)
    segments = (SegmentRow("region", HOSTILE, D(10), D(5)), SegmentRow("region", "b", D(2), D(1)))
    return a_review(closing=receivables, current=receivables, quarantine_rows=(refused,), segments=segments)


def test_hostile_names_are_inert_on_every_page() -> None:
    run = a_run(company=HOSTILE)
    plain = every_page(a_review(), a_run())
    for name, html in every_page(hostile_review(), run).items():
        checker = checked(html)
        assert "img" not in {tag for tag, _ in checker.tags}
        handlers = [key for _, attributes in checker.tags for key in attributes if key.startswith("on")]
        assert handlers == []
        assert html.count("<script") == plain[name].count("<script")
        assert HOSTILE in "".join(checker.text)


def test_policy_allows_exactly_the_scripts_of_the_page() -> None:
    html = render.page(pages.monthly_review(a_review(), a_run()), a_run(), is_interactive=True)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)
    assert policy
    scripts = re.findall(r"<script>([\s\S]*?)</script>", html)
    hashes = {base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts}
    told = policy.group(1).replace("&#39;", "'")
    assert set(re.findall(r"'sha256-([^']+)'", told)) == hashes
    assert "default-src 'none'" in told
    assert "unsafe-inline" not in told.split("script-src")[1].split(";")[0]


def test_lite_page_has_no_script_at_all() -> None:
    html = render.page(pages.monthly_review(a_review(), a_run()), a_run(), is_interactive=False)
    assert "<script" not in html
    assert "script-src" not in html


def test_pages_ask_for_nothing_from_elsewhere() -> None:
    for html in every_page(a_review(), a_run()).values():
        links = [
            value
            for _, attributes in checked(html).tags
            for key, value in attributes.items()
            if key in {"src", "href"} and value
        ]
        assert all(re.match(r"(#|[a-z.-]+\.(html|xlsx)$|statements/|\.\./)", link) for link in links), links
    assert 'href="statements/%E7%94%B2%23%25.html"' in every_page(a_review(), a_run())["index"]


def test_pages_are_well_formed_and_within_their_limits() -> None:
    found = every_page(a_review(), a_run())
    for html in found.values():
        checked(html)
    assert len(found["monthly-review"].encode()) <= 500_000
    assert len(found["interactive"].encode()) <= 1_500_000


def test_pages_of_the_same_input_are_the_same_bytes() -> None:
    assert every_page(a_review(), a_run()) == every_page(a_review(), a_run())


def test_charts_in_the_page_are_valid_json_and_plotly_accepts_them() -> None:
    from plotly.graph_objects import Figure

    html = render.page(pages.monthly_review(a_review(), a_run()), a_run(), is_interactive=True)
    found = re.search(r'<script type="application/json" id="figures">([\s\S]*?)</script>', html)
    assert found
    told = json.loads(found.group(1))
    assert set(told["charts"]) == {"revenue", "bridge", "funnel", "order-value", "aging"}
    assert told["config"]["showSendToCloud"] is False
    for chart in told["charts"].values():
        for lang in ("zh", "en"):
            Figure(data=chart[lang]["data"], layout={**chart[lang]["layout"], "template": told["template"]})


def test_every_chart_has_its_table_behind_it() -> None:
    html = render.page(pages.monthly_review(a_review(), a_run()), a_run(), is_interactive=False)
    assert html.count("<details") == len({*re.findall(r'class="v-screen"', html)}) * 5


def test_definitions_are_printed_in_the_catalogs_own_words() -> None:
    html = render.page(pages.monthly_review(a_review(), a_run()), a_run(), is_interactive=False)
    for definition in a_review().definitions:
        assert definition.words.zh in html
        assert f'href="#def-{definition.name}"' in html or definition.name == "order_value"
        assert f'id="def-{definition.name}"' in html


def a_line(name: str, unit: str, values: list[Any]) -> MetricLine:
    points = tuple(Point(date(2026, 11 - len(values) + i, 1), value) for i, value in enumerate(values))
    return MetricLine(name, unit, "up", points, tuple(None for _ in points))


LONG = "名" * 200
HUGE = D("99999999999999.9999")


@pytest.mark.parametrize(
    "data",
    [
        ReviewData(),
        a_review(metrics={}, segments=(), bridge=(), order_values=(), cohorts=(), funnel=()),
        a_review(aging_months=(), closing=None, current=None, roll_forward=None, due_windows=(), uninvoiced=()),
        a_review(sources=(), quarantine=(), quarantine_rows=(), restatements=(), definitions=()),
        ReviewData(metrics={"revenue": a_line("revenue", "money", [D(5)])}),
        ReviewData(metrics={"revenue": a_line("revenue", "money", [None, None])}),
        ReviewData(metrics={"revenue": a_line("revenue", "money", [D(0), D(0)])}),
        a_review(metrics={"revenue": a_line("revenue", "money", [D(-50), D(-100), HUGE, D("0.0001")])}),
        a_review(aging_months=(AgingMonth(LAST, (D(-10), D(-5), D(0), D(0), D(0), D(0), D(0))),)),
        a_review(aging_months=(AgingMonth(LAST, (HUGE,) * 7), AgingMonth(LAST, (-HUGE,) * 7))),
        a_review(
            forecast=(ForecastWeek(1, LAST, -HUGE), ForecastWeek(14, None, D(0))),
            losses=(LossRow(0, D(-10), D(0), D(0)),),
            collection_months=(CollectionMonth(LAST, None, None, True, None, D(-3), None),),
            issues=(IssueKind("invoice", "possible_duplicate", 1, None, None),),
        ),
        a_review(segments=(SegmentRow("region", LONG, D(1), None), SegmentRow("region", "", D(0), None))),
        a_review(cohorts=(Cohort(date(2026, 9, 1), 0, (0,)), Cohort(date(2026, 10, 1), 1, ()))),
    ],
    ids=[
        "nothing", "no orders", "no invoices", "no record of quality", "one month", "no values", "zeros",
        "negative and huge", "credits only", "huge receivables", "backward speed", "long names", "tiny cohorts",
    ],
)  # fmt: skip
def test_pages_of_nasty_data_are_made(data: ReviewData) -> None:
    for html in every_page(data, a_run()).values():
        text = "".join(checked(html).text)
        assert not re.search(r"-0\.0+(?!\d)|\bnan\b|\binf\b|None|Undefined", text)


def test_column_of_a_first_month_is_as_wide_as_one_of_six() -> None:
    def columns(count: int) -> tuple[list[str], float]:
        line = a_line("revenue", "money", [D(50_000)] * count)
        chart = figures.trend(line, numbers.table_unit([D(50_000)], "CNY"), "zh")
        low, high = interactive.as_plain(chart)["layout"]["xaxis"]["range"]
        return re.findall(r"h([\d.]+)v[\d.]+h-", svg.draw(chart, "screen")), high - low

    (one,), room = columns(1)
    assert columns(6) == ([one] * 6, room)
    assert columns(9)[1] == 1.5 * room


def test_long_names_and_ten_thousand_customers_stay_within_the_limits() -> None:
    amounts = (D(100), D(50), D(0), D(0), D(0), D(0), D(0))
    customers = tuple(AgingRow(f"C{i}", f"{LONG}{i}", "CNY", amounts) for i in range(10_000))
    overdue = tuple(
        OverdueCustomer(f"C{i}", f"{LONG}{i}", LONG, "CNY", 30, amounts, 5, "phone") for i in range(10_000)
    )
    receivables = Receivables(LAST, customers, customers, overdue)
    found = every_page(a_review(closing=receivables, current=receivables), a_run())
    assert len(found["monthly-review"].encode()) <= 500_000
    assert len(found["receivables"].encode()) <= 500_000
    assert "其余 9,990 家" in found["monthly-review"] or "其余 9990 家" in found["monthly-review"]


def test_small_base_shows_a_dash_and_its_n() -> None:
    point = Point(date(2026, 10, 1), D("0.5"), D(14), D(28))
    line = MetricLine("retention", "rate", "up", (point,), (None,))
    page = pages.monthly_review(a_review(metrics={"retention": line}), a_run())
    kpi = next(kpi for kpi in page.kpis if kpi.key == "retention")
    assert kpi.parts.digits.zh == "–"
    assert "28" in kpi.caption.zh


def test_incomplete_month_is_compared_with_nothing() -> None:
    points = (Point(date(2026, 9, 1), D(100)), Point(date(2026, 10, 1), D(40), is_complete=False))
    line = MetricLine("revenue", "money", "up", points, (None, None))
    page = pages.monthly_review(a_review(metrics={"revenue": line}), a_run())
    assert [move.text.zh for move in page.kpis[0].moves] == ["–", "–"]


def test_review_in_many_currencies_stays_within_its_limit() -> None:
    sample = a_review()
    assert sample.closing is not None
    codes = ("CNY", "USD", "EUR", "GBP", "JPY", "HKD", "AUD", "CAD")
    overdue = tuple(replace(row, currency=code) for code in codes for row in sample.closing.overdue)
    reps = tuple(replace(row, currency=code) for code in codes for row in sample.closing.by_rep)
    receivables = Receivables(LAST, reps, reps, overdue)
    found = every_page(a_review(closing=receivables, current=receivables), a_run())
    assert len(found["interactive"].encode()) <= 1_500_000
    assert "另有 6 种币种" in found["monthly-review"]
    assert "card-top-aud" in found["monthly-review"]
    assert "card-rep-cad" in found["receivables"]
