"""Hidden sheets: told, and never counted beside a sheet that shows."""

from __future__ import annotations

import io
from typing import Any

import pytest
import xlsxwriter

from pipelines import exports
from pipelines.errors import UnreadableExport
from tests.exports.desk import Desk

_HEADER: list[Any] = ["订单号", "订单日期", "客户编号", "数量", "单价"]
_ROW: list[Any] = ["A1", "2026-02-05", "C", 2, 50]

_Sheets = dict[str, tuple[str, list[list[Any]]]]


def _workbook(**sheets: tuple[str, list[list[Any]]]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        for name, (state, rows) in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
            {"shown": sheet.activate, "hidden": sheet.hide, "very_hidden": sheet.very_hidden}[state]()
    return target.getvalue()


def test_hidden_copy_of_a_sheet_is_left_out_and_told(desk: Desk) -> None:
    sheets: _Sheets = {
        "旧": ("hidden", [_HEADER, _ROW]),
        "新": ("shown", [_HEADER, _ROW]),
        "底": ("very_hidden", [_HEADER, _ROW]),
    }

    desk.give(("orders.xlsx", _workbook(**sheets)))

    assert desk.rows("select order_id, quantity * unit_price from raw.orders") == [("A1", 100)]
    told = desk.rows(
        "select source_part, kind, rows_read, rows_skipped, notes_zh, notes_en from ops.files order by 1"
    )
    assert [one[:4] for one in told] == [("底", "", 1, 1), ("新", "orders", 1, 0), ("旧", "", 1, 1)]
    assert "隐藏的工作表" in told[0][4]
    assert "unhide it" in told[2][5]
    assert told[1][4:] == (None, None)


def test_hidden_sheet_is_read_where_no_other_is_an_export_and_told(desk: Desk) -> None:
    sheets: _Sheets = {
        "说明": ("shown", [["填表说明", "日期"], ["请勿改动", "本月"]]),
        "数据": ("hidden", [_HEADER, _ROW]),
    }

    desk.give(("orders.xlsx", _workbook(**sheets)))

    assert desk.rows("select order_id from raw.orders") == [("A1",)]
    assert desk.rows("select notes_en from ops.files where kind = 'orders'") == [
        ("a hidden sheet: read, since no sheet that shows is an export",)
    ]


def test_inspect_says_that_a_hidden_sheet_is_left_out(desk: Desk) -> None:
    path = desk.write("o.xlsx", _workbook(新=("shown", [_HEADER, _ROW]), 旧=("hidden", [_HEADER, _ROW])))

    first, second = str(exports.inspect(path, desk.home)).split("旧")

    assert "orders (" in first
    assert "a hidden sheet: left out" in second
    assert "orders (" not in second


def test_inspect_of_a_folder_says_that_it_is_one(desk: Desk) -> None:
    with pytest.raises(UnreadableExport) as refused:
        exports.inspect(desk.write("a/o.csv", "x").parent, desk.home)

    assert refused.value.found == "a folder"
