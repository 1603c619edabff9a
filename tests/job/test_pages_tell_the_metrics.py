"""What the pages print is what `salesdesk metric` and `salesdesk aging` answer to the same question."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

KPIS = ("revenue", "collected", "customer_spend", "conversion", "retention", "overdue_share")
FULFILMENT = {
    "completion_rate": "订单完成率",
    "on_time_rate": "准时交付率",
    "otif_rate": "准时足量交付率",
    "delivery_days_median": "交付天数中位数",
    "delivery_days_p90": "交付天数 P90",
    "exception_rate": "异常发货率",
    "csat": "客户满意度",
}
UNITS = {"亿元": Decimal(100_000_000), "万元": Decimal(10_000), "元": Decimal(1)}
SMALL = 30


@dataclass
class Table:
    rows: list[list[str]] = field(default_factory=list)


class Reader(HTMLParser):
    """Reads a page as somebody who has chosen Chinese: tables by card, and the big figures."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: dict[str, list[Table]] = {}
        self.texts: dict[str, str] = {}
        self._card = ""
        self._skip = 0
        self._tags: list[tuple[str, bool]] = []
        self._cell: list[str] | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        told = dict(attributes)
        is_other = (told.get("lang") == "en" and tag == "span") or tag in {
            "svg",
            "style",
            "script",
            "caption",
        }
        if tag not in {"meta", "input", "br", "path", "circle", "rect", "col", "line"}:
            self._tags.append((tag, is_other))
            self._skip += is_other
        if tag == "article":
            self._card = told.get("id") or ""
        if tag == "table":
            self.tables.setdefault(self._card, []).append(Table())
        if tag == "tr" and self._card in self.tables:
            self.tables[self._card][-1].rows.append([])
        if tag in {"td", "th"}:
            self._cell = []

    def handle_endtag(self, tag: str) -> None:
        while self._tags:
            open_tag, is_other = self._tags.pop()
            self._skip -= is_other
            if open_tag == tag:
                break
        if tag in {"td", "th"} and self._cell is not None:
            self.tables[self._card][-1].rows[-1].append("".join(self._cell).strip())
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._skip:
            return
        if self._cell is not None:
            self._cell.append(data)
        self.texts[self._card] = self.texts.get(self._card, "") + data


@cache
def page(home: Path, name: str) -> Reader:
    reader = Reader()
    reader.feed((home / "reports" / "latest" / name).read_text(encoding="utf-8"))
    return reader


@cache
def asked(home: Path, *arguments: str) -> list[dict[str, Any]]:
    """The answer of the command line, with every digit."""
    command = [sys.executable, "-m", "pipelines", *arguments, "--home", str(home), "--format", "json"]
    made = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    answer: list[dict[str, Any]] = json.loads(made.stdout, parse_float=Decimal, parse_int=Decimal)
    return answer


def monthly(home: Path, name: str) -> dict[str, dict[str, Any]]:
    names = (*KPIS, *FULFILMENT)
    rows = asked(home, "metric", *names, "--grain", "month", "--from", "2024-01-01")
    return {row["period_start"]: row for row in rows if row["metric"] == name}


def is_printed(text: str, value: Decimal) -> bool:
    """Whether a text such as `1,283 万元`, `44.6%` or `14.0 天` is the value, rounded half up to what it shows."""
    match = re.fullmatch(r"(-?[\d,]+(?:\.(\d+))?)\s*(亿元|万元|元|%|天)?", text.strip())
    assert match, text
    shown = Decimal(match[1].replace(",", ""))
    step = Decimal(1).scaleb(-len(match[2] or ""))
    scale = Decimal("0.01") if match[3] == "%" else UNITS.get(match[3] or "", Decimal(1))
    return abs(shown - value / scale) <= step / 2


def before(month: str, months: int) -> str:
    year, rest = divmod(int(month[:4]) * 12 + int(month[5:7]) - 1 - months, 12)
    return f"{year}-{rest + 1:02}-01"


@pytest.mark.parametrize("name", KPIS)
def test_big_figure_is_the_metrics_answer(demo_home: Path, name: str) -> None:
    answers = monthly(demo_home, name)
    told = page(demo_home, "monthly-review.html").texts[f"kpi-{name}"]
    month = max(start for start, row in answers.items() if row["is_complete"])
    row = answers[month]
    if name in {"conversion", "retention"} and row["denominator"] < SMALL:
        assert "–" in told
        return
    value = re.search(r"-?[\d,]+(?:\.\d+)?\s*(?:亿元|万元|元|%)", told.split("\n", 1)[1])
    assert value, told
    assert is_printed(value[0], row["value"]), (value[0], row["value"])
    for word, base in (("同比", answers.get(before(month, 12))), ("环比", answers.get(before(month, 1)))):
        move = re.search(rf"{word}\s*[▲▼■]?\s*([+-]?[\d.]+)(%| pp)", told)
        if move is None:
            continue
        assert base is not None, (word, told)
        change = row["value"] - base["value"] if move[2] == " pp" else row["value"] / base["value"] - 1
        assert abs(Decimal(move[1]) - change * 100) <= Decimal("0.05"), (word, told)


def test_revenue_table_behind_the_chart_is_the_metrics_answer(demo_home: Path) -> None:
    answers = monthly(demo_home, "revenue")
    reader = page(demo_home, "monthly-review.html")
    unit = UNITS[re.search(r"(万元|元)", reader.texts["card-revenue"])[1]]  # type: ignore[index]
    heading, *rows = reader.tables["card-revenue"][0].rows
    assert heading[:3] == ["月份", "实际 AC", "上年 PY"]
    assert len(rows) == 13
    for month, actual, prior, *_ in rows:
        now, year_ago = f"{month}-01", before(f"{month}-01", 12)
        assert is_printed(actual, answers[now]["value"] / unit)
        if prior != "–":
            assert is_printed(prior, answers[year_ago]["value"] / unit)


def test_fulfilment_figures_are_the_metrics_answers(demo_home: Path) -> None:
    rows = {
        row[0]: row for row in page(demo_home, "monthly-review.html").tables["card-fulfilment"][0].rows[1:]
    }
    seen = 0
    for name, label in FULFILMENT.items():
        answers = monthly(demo_home, name)
        row = answers["2026-10-01"]
        if rows[label][1] == "–":
            assert row["denominator"] < SMALL
            continue
        assert is_printed(rows[label][1], row["value"]), label
        seen += 1
    assert seen >= 4


def test_aging_by_rep_is_the_aging_commands_answer(demo_home: Path) -> None:
    reader = page(demo_home, "receivables.html")
    unit = UNITS[re.search(r"，(万元|元)", reader.texts["card-rep-cny"])[1]]  # type: ignore[index]
    answers: dict[str, Decimal] = {}
    for row in asked(demo_home, "aging", "--by", "sales_rep"):
        if row["currency"] == "CNY":
            answers[row["sales_rep"]] = answers.get(row["sales_rep"], Decimal(0)) + row["amount"]
    rows = reader.tables["card-rep-cny"][0].rows
    heading = rows[0].index("应收合计")
    shown = {row[0]: row[heading] for row in rows[1:] if len(row) > heading}
    assert is_printed(shown["合计"], sum(answers.values(), Decimal(0)) / unit)
    for name, total in answers.items():
        assert is_printed(shown[name], total / unit), name


def test_days_outstanding_are_the_receivables_commands_answer(demo_home: Path) -> None:
    answers = {row["month_end"]: row for row in asked(demo_home, "receivables", "--currency", "CNY")}
    _, *rows = page(demo_home, "receivables.html").tables["card-speed"][0].rows
    assert len(rows) == 13
    for month_end, *shown in rows:
        found = answers[month_end]
        for text, name in zip(shown, ("dso", "dso_countback", "bpdso", "days_delinquent"), strict=False):
            # the command rounds to hundredths, the page to tenths
            assert abs(Decimal(text.removeprefix("≥ ")) - found[name]) <= Decimal("0.055"), (month_end, name)
        assert abs(Decimal(shown[-1].rstrip("%")) - found["cei"]) <= Decimal("0.055")


def test_metric_workbook_is_the_metrics_answer(demo_home: Path) -> None:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(demo_home / "reports" / "latest" / "metrics.xlsx")
    heading, *rows = book.get_sheet_by_index(0).to_python()
    told = {
        (row[0], row[3].isoformat()): row[heading.index("数值")]  # type: ignore[union-attr]
        for row in rows
        if row[heading.index("粒度")] == "month"
    }
    for name in KPIS:
        for month, row in monthly(demo_home, name).items():
            if row["value"] is not None and (name, month) in told:
                assert float(str(told[name, month])) == pytest.approx(float(row["value"]), abs=1e-9)
    assert len(told) > 100


def test_reading_of_figures_notices_a_wrong_one() -> None:
    assert is_printed("1,283 万元", Decimal(12_830_248))
    assert not is_printed("1,284 万元", Decimal(12_830_248))
    assert not is_printed("44.7%", Decimal("0.4460"))
