"""Rows that a rule refused: given back to the clerk as the source wrote them, closed by a corrected file."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import python_calamine

from pipelines import job, warehouse
from pipelines.job import pages
from pipelines.settings import Settings
from tests.operations.home import Quiet

if TYPE_CHECKING:
    from collections.abc import Sequence

# Row 4 is dated after the day its file came, row 5 is in a currency that no rate is known of.
HEADER = "备注,订单编号,下单日期,客户编码,数量,单价,币种,行号\n"
GOOD = "一,S1,2026-01-05,C1,2,100.00,CNY,1\n二,S2,2026-01-20,C2,1,50,CNY,1\n"
FUTURE, IN_YEN = "三,S3,2027-01-06,C1,３,70,CNY,1\n", "四,S4,2026-01-22,C1,4,7000,JPY,1\n"
LOADS = (
    ("一月订单", HEADER + GOOD + FUTURE + IN_YEN),
    ("corrected", HEADER + FUTURE.replace("2027", "2026")),
    ("rates", "汇率日期,币种,汇率\n2026-01-01,JPY,0.05\n"),
)
FIRST, SECOND, THIRD = (date(2026, 3, day) for day in (1, 2, 3))
_STATES = """
    select source_row, reason_code, status, closed_by_file, opened_at::date, closed_at::date
    from ops.quarantine
    order by source_row
"""


@dataclass(frozen=True)
class Day:
    """What a day's run left: entries in quarantine, the clerk's workbook, the yen order in the base currency."""

    entries: list[tuple[Any, ...]]
    book: dict[str, Sequence[Sequence[object]]]
    yen: list[tuple[Any, ...]]
    workbook: Path


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> list[Day]:
    """Three runs a day apart: the orders, a corrected one, the rate of the yen."""
    folder = tmp_path_factory.mktemp("refused")
    return [_day(folder, number, *load) for number, load in enumerate(LOADS, start=1)]


def _day(folder: Path, number: int, name: str, text: str) -> Day:
    path = folder / f"{name}.csv"
    path.write_text(text, encoding="gb18030")
    settings = Settings(home=folder / "home", as_of=date(2026, 2, 28), base_currency="CNY")
    started = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(days=number - 1)
    request = job.Request(settings, (path,), f"2026030{number}T000000-aaaaaa", started, started.date())
    assert job.run_direct(request, Quiet()).status == "published"
    with warehouse.read(settings.home) as connection:
        entries = connection.execute(_STATES).fetchall()
        yen = connection.execute("select base_net_amount from marts.fct_order_lines where order_id = 'S4'")
        return Day(entries, _book(folder, number), yen.fetchall(), folder / f"returned {number}.xlsx")


def _book(folder: Path, number: int) -> dict[str, Sequence[Sequence[object]]]:
    path = folder / f"returned {number}.xlsx"
    with warehouse.read(folder / "home") as connection:
        pages.quarantine_workbook(connection, path, Settings(home=folder / "home"))
    book = python_calamine.CalamineWorkbook.from_path(path)
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_rows_refused_by_a_rule_come_back_with_their_source_texts(days: list[Day]) -> None:
    header, in_future, in_yen = days[0].book["一月订单"]

    assert header[1:9] == HEADER.strip().split(",")
    assert in_future[:9] == ["4", "三", "S3", "2027-01-06", "C1", "３", "70", "CNY", "1"]
    assert in_yen[:9] == ["5", "四", "S4", "2026-01-22", "C1", "4", "7000", "JPY", "1"]
    assert "下单日期晚于文件收存的日期" in str(in_future[9])
    assert "dated after the day" in str(in_future[10])


def test_rows_refused_by_a_rule_have_the_cells_it_looked_at_marked(days: list[Day]) -> None:
    with zipfile.ZipFile(days[0].workbook) as book:
        page = book.read("xl/worksheets/sheet2.xml").decode()
    styles = {cell: page.split(f'r="{cell}" s="')[1].split('"')[0] for cell in ("C2", "D2", "D3", "H2", "H3")}
    assert styles["D2"] == styles["D3"] == styles["H3"] != styles["C2"] == styles["H2"]


def test_corrected_file_closes_what_a_rule_refused(days: list[Day]) -> None:
    assert days[0].entries == [
        (4, "order_date_not_in_future", "open", None, FIRST, None),
        (5, "rate_known", "open", None, FIRST, None),
    ]
    assert days[1].entries == [
        (4, "order_date_not_in_future", "closed", "corrected.csv", FIRST, SECOND),
        (5, "rate_known", "open", None, FIRST, None),
    ]
    assert [row[:3] for row in days[1].book["一月订单"][1:]] == [["5", "四", "S4"]]


def test_rate_that_arrives_closes_the_rows_that_lacked_it_and_closed_rows_stay(days: list[Day]) -> None:
    assert days[2].entries == [
        (4, "order_date_not_in_future", "closed", "corrected.csv", FIRST, SECOND),
        (5, "rate_known", "closed", None, FIRST, THIRD),
    ]
    # 4 x 7,000 yen at 0.05
    assert [day.yen for day in days] == [[], [], [(1400,)]]
    assert len(days[2].book) == 1
