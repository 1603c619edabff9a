"""Rows in quarantine given back to the clerk: as the source wrote them, the faulty cells marked, text staying text."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import python_calamine

from pipelines.errors import AmbiguousExport, UsageError
from pipelines.job import pages
from pipelines.settings import Settings
from tests.exports.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Sequence

HEADER = "订单编号,下单日期,客户编码,数量,单价,备注\n"
FAULTY = HEADER + "A1,2026-02-30,C1,2,10.50,=1+1\nA2,2026-03-02,C2,x,y,0012\nA3,2026-03-03,C3,1,5,好\n"


def _book(desk: Desk, lang: str = "zh") -> dict[str, Sequence[Sequence[object]]]:
    path = desk.folder / "returned.xlsx"
    with desk.load() as connection:
        pages.quarantine_workbook(connection, path, Settings(home=desk.home, lang=lang))
    book = python_calamine.CalamineWorkbook.from_path(path)
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_quarantine_workbook_gives_the_source_rows_back_as_text(desk: Desk) -> None:
    desk.give(("三月订单.csv", FAULTY))

    book = _book(desk)

    header, first, second = book["三月订单"]
    assert header == ["行号", "订单编号", "下单日期", "客户编码", "数量", "单价", "备注", "原因", "Reason"]
    assert first[:7] == ["2", "A1", "2026-02-30", "C1", "2", "10.50", "=1+1"]
    assert second[:7] == ["3", "A2", "2026-03-02", "C2", "x", "y", "0012"]
    assert first[7] == "order_date: 不是日期 (日期，如 2026-03-05)"
    assert first[8] == "order_date: not a date (a date such as 2026-03-05)"
    assert len(str(second[8]).splitlines()) == 2
    overview = next(iter(book.values()))
    assert overview[-1] == ["三月订单", "三月订单.csv", "", "2"]


def test_quarantine_workbook_marks_the_faulty_cells_and_holds_no_formula(desk: Desk) -> None:
    desk.give(("orders.csv", FAULTY))
    _book(desk)

    with zipfile.ZipFile(desk.folder / "returned.xlsx") as book:
        page = book.read("xl/worksheets/sheet2.xml").decode()
    styles = dict.fromkeys(("C2", "D2", "C3", "E3", "F3"), "")
    for cell in styles:
        styles[cell] = page.split(f'r="{cell}" s="')[1].split('"')[0]
    assert styles["C2"] == styles["E3"] == styles["F3"] != styles["D2"] == styles["C3"]
    assert "<f>" not in page


def test_quarantine_workbook_marks_a_row_that_does_not_fit_whole(desk: Desk) -> None:
    desk.give(("orders.csv", HEADER + "A1,2026-03-01,C1,2,10.50,好\nA2,2026-03-02,C2,1,2,3,4,5\n"))

    (_, row) = _book(desk)["orders"]

    assert row[1] == "A2,2026-03-02,C2,1,2,3,4,5"
    assert "8 fields" in str(row[8]) or "fit" in str(row[8])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_quarantine_workbook_given_as_an_export_is_refused(desk: Desk, lang: str) -> None:
    desk.give(("orders.csv", HEADER + "A1,2026-03-01,C1,2,10.50,好\nA1,2026-03-01,C1,x,10.50,好\n"))
    _book(desk, lang)

    # read as an export it would replace A1 by its second line alone
    with pytest.raises(AmbiguousExport, match="rows in quarantine"):
        desk.give(("returned.xlsx", (desk.folder / "returned.xlsx").read_bytes()))


def test_quarantine_workbook_lists_only_what_no_later_file_has_mended(desk: Desk) -> None:
    desk.give(("orders.csv", FAULTY))
    desk.give(("mended.csv", HEADER + "A1,2026-02-28,C1,2,10.50,=1+1\n"))

    assert [row[1] for row in _book(desk)["orders"][1:]] == ["A2"]

    desk.give(("orders again.csv", HEADER + "A2,2026-03-02,C2,1,2,0012\n"))
    assert list(_book(desk, "en")) == [next(iter(_book(desk, "en")))]


def test_quarantine_workbook_elsewhere_than_xlsx_is_refused(desk: Desk, tmp_path: Path) -> None:
    desk.give(("orders.csv", FAULTY))
    with desk.load() as connection:
        for path in (tmp_path / "rows.csv", tmp_path / "no folder" / "rows.xlsx"):
            with pytest.raises(UsageError) as refused:
                pages.quarantine_workbook(connection, path, Settings(home=desk.home))
            assert path.name in str(refused.value)


def test_quarantine_workbook_without_the_landed_file_still_tells_what_was_wrong(desk: Desk) -> None:
    desk.give(("orders.csv", HEADER + "A1,2026-03-01,C1,2,10.50,好\n"))
    with desk.load() as connection:
        connection.execute(
            "insert into ops.quarantine (file_no, file_name, source_part, source_row, kind, document_key, column_name, "
            "found, reason_en, reason_zh, rule_id, status) "
            "values (1, 'orders.csv', '', 2, 'orders', 'A1 / 1', 'net_amount', '-1', 'why', '为何', 'r', 'open')"
        )
        path = desk.folder / "returned.xlsx"
        pages.quarantine_workbook(connection, path, Settings(home=desk.home))
        whole = python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_name("orders").to_python()
        for landed in (desk.home / "landing").glob("*/*/bytes/*"):
            landed.chmod(0o600)
            landed.unlink()
        pages.quarantine_workbook(connection, path, Settings(home=desk.home))
        told = python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_name("orders").to_python()

    assert whole[1] == [
        "2",
        "A1",
        "2026-03-01",
        "C1",
        "2",
        "10.50",
        "好",
        "net_amount: 为何",
        "net_amount: why",
    ]
    assert told[1][:4] == ["2", "A1 / 1", "net_amount", "-1"]
