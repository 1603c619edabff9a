"""Spreadsheets: any sheet, titles, form rows, and cells exactly as the text they stand for."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from pipelines.exports.reading.cells import cleaned_row
from pipelines.exports.reading.spreadsheets import number_text
from tests.exports.reading.opened import open_bytes, open_one, refusal

Fill = Callable[[Any, Any], None]


def workbook(**sheets: Fill) -> bytes:
    """Write a workbook; each sheet is filled by a function of the sheet and the book."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        for name, fill in sheets.items():
            fill(book.add_worksheet(name), book)
    return target.getvalue()


def rows_at(top: int, left: int, *rows: list[object]) -> Fill:
    """Return a function that writes rows from a cell on."""

    def fill(sheet: Any, book: Any) -> None:
        del book
        for number, row in enumerate(rows):
            sheet.write_row(top + number, left, row)

    return fill


HEADER: list[object] = ["订单号", "客户", "数量", "金额"]


def test_open_workbook_gives_every_sheet_with_a_table(tmp_path: Path) -> None:
    data = workbook(
        订单=rows_at(0, 0, HEADER, ["S1", "甲", 1, 2.5]),
        空=rows_at(0, 0),
        退货=rows_at(0, 0, ["订单号", "原因"], ["S1", "破损"]),
    )
    opened = open_bytes(tmp_path, data, "export.xlsx")
    assert [one.table.part for one in opened] == ["订单", "退货"]
    assert opened[0].rows == [("S1", "甲", "1", "2.5")]


def test_open_table_beside_the_corner_keeps_its_row_numbers(tmp_path: Path) -> None:
    opened = open_one(tmp_path, workbook(a=rows_at(3, 2, HEADER, ["S1", "甲", 1, 2])), "export.xlsx")
    assert opened.source_rows == [5]
    assert opened.rows[0][-4:] == ("S1", "甲", "1", "2")


def test_open_merged_title_and_instruction_are_preamble(tmp_path: Path) -> None:
    def fill(sheet: Any, book: Any) -> None:
        del book
        sheet.merge_range(0, 0, 0, 3, "1、带星号的为必填项\n2、导入时本段内容请勿删除，切记！")
        rows_at(1, 0, HEADER, ["S1", "甲", 1, 2], ["S2", "乙", 3, 4])(sheet, None)

    opened = open_one(tmp_path, workbook(a=fill), "export.xlsx")
    assert opened.source_rows == [3, 4]
    assert opened.table.skipped == ((1, "preamble"),)


def test_open_group_titles_over_column_names_are_joined(tmp_path: Path) -> None:
    def fill(sheet: Any, book: Any) -> None:
        del book
        sheet.merge_range(0, 0, 1, 0, "单号")
        sheet.merge_range(0, 1, 0, 2, "原币")
        sheet.merge_range(0, 3, 0, 4, "本币")
        sheet.write_row(1, 1, ["金额", "税额", "金额", "税额"])
        sheet.write_row(2, 0, ["A", 1, 2, 3, 4])

    opened = open_one(tmp_path, workbook(a=fill), "export.xlsx")
    assert opened.table.header == ("单号", "原币金额", "原币税额", "本币金额", "本币税额")


def test_open_total_row_of_a_sheet_is_skipped(tmp_path: Path) -> None:
    rows: list[list[object]] = [HEADER, ["S1", "甲", 1, 2], ["S2", "乙", 3, 4], ["合计", None, 4, 6]]
    opened = open_one(tmp_path, workbook(a=rows_at(0, 0, *rows)), "export.xlsx")
    assert opened.table.skipped == ((4, "total"),)


def test_open_dates_are_iso_and_midnight_is_a_date(tmp_path: Path) -> None:
    def fill(sheet: Any, book: Any) -> None:
        style = book.add_format({"num_format": "yyyy/m/d h:mm"})
        sheet.write_row(0, 0, ["单号", "日期", "时间"])
        sheet.write_string(1, 0, "A")
        sheet.write_datetime(1, 1, datetime(2024, 2, 29), style)  # noqa: DTZ001  # a cell has no zone
        sheet.write_datetime(1, 2, datetime(2024, 2, 29, 9, 30, 59), style)  # noqa: DTZ001  # same

    opened = open_one(tmp_path, workbook(a=fill), "export.xlsx")
    assert opened.rows == [("A", "2024-02-29", "2024-02-29 09:30:59")]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5.0, "5"),
        (-60.70400000000001, "-60.704"),
        (0.1 + 0.2, "0.3"),
        (129.696, "129.696"),
        (13000000000.0, "13000000000"),
        (999999999999999.0, "999999999999999"),
        (2.4332000000000002e19, "2.4332E+19"),
        (1e15, "1E+15"),
        (0.0000123, "0.0000123"),
        (12345678901234567890, "12345678901234567890"),
    ],
)
def test_number_text_is_what_a_spreadsheet_shows(value: float, text: str) -> None:
    assert number_text(value) == text


def test_cleaned_row_drops_nul_characters_only() -> None:
    assert cleaned_row(["a\0b", " c ", "'007"]) == ["ab", "c", "007"]
    assert cleaned_row(["a", "", "b"]) == ["a", "", "b"]


def test_open_codes_stored_as_text_keep_their_zeros(tmp_path: Path) -> None:
    def fill(sheet: Any, book: Any) -> None:
        del book
        sheet.write_row(0, 0, ["发票号码", "金额"])
        sheet.write_string(1, 0, "00012345678901234567")
        sheet.write_number(1, 1, 3)

    assert open_one(tmp_path, workbook(a=fill), "e.xlsx").rows == [("00012345678901234567", "3")]


def test_open_sheet_with_a_cell_far_away_is_refused_before_it_unfolds(tmp_path: Path) -> None:
    def fill(sheet: Any, book: Any) -> None:
        del book
        sheet.write_row(0, 0, HEADER)
        sheet.write(1_048_575, 16_383, "far")

    error = refusal(tmp_path, workbook(a=fill), "export.xlsx")
    assert "1,048,576 rows" in error.found


def test_open_wide_and_short_sheet_keeps_every_column(tmp_path: Path) -> None:
    header: list[object] = [f"列{number}" for number in range(60)]
    row: list[object] = [f"{number}.5" for number in range(60)]

    opened = open_one(tmp_path, workbook(a=rows_at(0, 0, header, row)), "宽表.xlsx")

    assert (opened.table.header, opened.rows) == (tuple(header), [tuple(row)])


def test_open_truncated_workbook_is_refused(tmp_path: Path) -> None:
    data = workbook(a=rows_at(0, 0, HEADER, ["S1", "甲", 1, 2]))
    assert "cut off" in refusal(tmp_path, data[: len(data) // 2], "export.xlsx").what


def test_open_damaged_workbook_is_refused_without_a_backtrace(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    refusal(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00\xff" * 2000, "export.xls")
    assert capfd.readouterr().err == ""


def test_open_workbook_of_empty_sheets_is_refused(tmp_path: Path) -> None:
    assert "sheet" in refusal(tmp_path, workbook(a=rows_at(0, 0), b=rows_at(0, 0)), "export.xlsx").what


def test_open_workbook_that_is_a_compression_bomb_is_refused(tmp_path: Path) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (100 << 20))
    assert "unfolds" in refusal(tmp_path, target.getvalue(), "export.xlsx").what
