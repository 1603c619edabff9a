"""Rows of workbooks: filled in they are what xlsxwriter writes one at a time, and too many go on in further sheets."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from pipelines.reporting import books, words
from pipelines.reporting.sheet_rows import Value
from pipelines.reporting.workbooks import Book, Field, Sheet, write
from tests.reporting.sample import a_refused_row, a_review, a_run

D = Decimal
KINDS = ("text", "text", "amount", "count", "rate", "date", "number")
FIELDS = tuple(
    Field(words.same(f"{kind} {place}"), kind, has_total=kind == "amount") for place, kind in enumerate(KINDS)
)
ROWS: list[tuple[Value, ...]] = [
    ("0012", "Müller & Söhne <GmbH>", D("12.3400"), 1, D("0.5"), date(2026, 10, 31), D("1.000000")),
    ("=1+1", "客户 \U0001f642", D("-0.0100"), 0, None, None, D(1) / D(3)),
    ("", " spaces around ", D("0.0000"), None, D(2) / D(3), date(1970, 1, 1), True),
    (None, "two\nlines\rand a bell \x07", D("99999999999.9999"), 10**9, D("0E-4"), date(2026, 2, 28), "text"),
    ("_x0041_", "￾ no character", D("1E+3"), -7, D("1.5"), date(2100, 3, 1), False),
    ("x" * 40_000, "http://x.y", D("0.1000"), 3, D(0), date(2026, 1, 1), None),
]


def a_book(rows: list[tuple[Value, ...]]) -> Book:
    return Book(words.same("Book"), (Sheet(words.same("Rows"), FIELDS, rows),))


def values(path: Path, sheet: int = 0) -> list[list[Any]]:
    found: list[list[Any]] = CalamineWorkbook.from_path(path).get_sheet_by_index(sheet).to_python()
    return found


def formats(path: Path) -> list[list[str]]:
    """Return the number of each cell's format, row by row."""
    with zipfile.ZipFile(path) as archive:
        rows = re.findall(r"<row .*?</row>", archive.read("xl/worksheets/sheet1.xml").decode(), re.DOTALL)
    return [re.findall(r'<c r="[A-Z]+\d+" s="(\d+)"', row) for row in rows]


def test_rows_filled_in_are_what_a_sheet_of_each_alone_holds(tmp_path: Path) -> None:
    whole, alone = tmp_path / "whole.xlsx", tmp_path / "alone.xlsx"
    write(a_book(ROWS), whole, a_run())
    found, formatted = values(whole), formats(whole)
    assert len(found) == 1 + len(ROWS) + 1
    for place, row in enumerate(ROWS, start=1):
        write(a_book([row]), alone, a_run())
        assert found[place] == values(alone)[1], row
        assert formatted[place] == formats(alone)[1], row
    assert found[4][1] == "two\nlines\rand a bell \x07"
    assert found[-1][2] == float(sum(D(str(row[2])) for row in ROWS))


def test_table_of_rows_filled_in_ends_with_its_total(tmp_path: Path) -> None:
    path = tmp_path / "whole.xlsx"
    write(a_book(ROWS), path, a_run())
    with zipfile.ZipFile(path) as archive:
        table = archive.read("xl/tables/table1.xml").decode()
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    # Six rows below the heading: the filter ends with them, the table with the total in row 8.
    assert 'ref="A1:G8"' in table
    assert '<autoFilter ref="A1:G7"' in table
    assert '<dimension ref="A1:G8"' in sheet
    assert '<row r="8"' in sheet
    assert "SUBTOTAL(109,C2:C7)" in sheet


def test_rows_beyond_a_sheets_room_go_on_in_further_sheets_and_the_notes_say_so(tmp_path: Path) -> None:
    path = tmp_path / "split.xlsx"
    rows: list[tuple[Value, ...]] = [(f"C{n}", "", D(n), n, None, None, None) for n in range(1, 8)]
    book = a_book(rows)
    write(Book(book.title, (*book.sheets, Sheet(words.same("Few"), FIELDS, rows[:3]))), path, a_run(), most=3)
    names = CalamineWorkbook.from_path(path).sheet_names
    assert names == ["Rows", "Rows 2", "Rows 3", "Few", "说明"]
    assert [[row[0] for row in values(path, n)[1:]] for n in range(4)] == [
        ["C1", "C2", "C3", "合计"],
        ["C4", "C5", "C6", "合计"],
        ["C7", "合计"],
        ["C1", "C2", "C3", "合计"],
    ]
    assert [values(path, n)[-1][2] for n in range(3)] == [6, 15, 7]
    told = [row for row in values(path, 4) if row[0] in {"Rows", "Few"}]
    assert [row[0] for row in told] == ["Rows"]
    assert "7 行" in told[0][1]
    assert "3 张" in told[0][1]


def test_quarantine_workbook_says_when_it_lists_the_first_rows_only() -> None:
    first = a_review().quarantine[0]
    told = []
    for known in (1, 5):
        review = a_review(quarantine_rows=(a_refused_row(),), quarantine=(replace(first, rows=known),))
        notes = books.books(review, a_run())["quarantine.xlsx"].notes
        told.append([text.en for _, text in notes][1:])
    assert told == [
        [],
        ["The first 1 of 5 rows are listed. All of them: salesdesk quarantine --export FILE.xlsx"],
    ]
