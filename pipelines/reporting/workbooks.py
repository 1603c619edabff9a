"""Workbooks: real tables with totals, frozen headers, text that stays text, and a sheet of notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.reporting import sheet_rows, words
from pipelines.reporting.facts import RunFacts
from pipelines.reporting.sheet_rows import CELL_ROOM, Value
from pipelines.reporting.words import Text

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

FORMATS = {
    "amount": "#,##0.00",
    "count": "#,##0",
    "rate": "0.0%",
    "date": "yyyy-mm-dd",
    "number": "#,##0.0000",
}
_NAME_ROOM = 31  # a sheet's name may be no longer
SHEET_ROOM = 1_000_000  # rows; a sheet has room for 48,576 more, the heading and the totals among them
_EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001 - the file's own clock has no zone; fixed, so that files are reproducible


@dataclass(frozen=True)
class Field:
    """One column: heading, kind (text, amount, count, rate, date, number), width, and whether its total is shown."""

    label: Text
    kind: str = "text"
    width: int = 14
    has_total: bool = False


def text_field(key: str, width: int = 14) -> Field:
    """Return a column of text under the heading `table.<key>`."""
    return Field(words.text(f"table.{key}"), "text", width)


@dataclass(frozen=True)
class Sheet:
    """One sheet with one table. `fields` and the values of each row stand in the same order."""

    name: Text
    fields: tuple[Field, ...]
    rows: Sequence[tuple[Value, ...]]

    @property
    def has_total(self) -> bool:
        """Whether a row of totals stands below the rows."""
        return any(field.has_total for field in self.fields) and bool(self.rows)


@dataclass(frozen=True)
class Book:
    """A workbook: its title, sheets, and the notes that say what the figures mean."""

    title: Text
    sheets: tuple[Sheet, ...]
    notes: tuple[tuple[Text, Text], ...] = ()


def write(book: Book, path: Path, run: RunFacts, most: int = SHEET_ROOM) -> None:
    """Write the workbook in the run's language; the same book gives the same bytes.

    A table of more than `most` rows goes on in further sheets, and the notes say so.
    """
    import xlsxwriter

    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": FORMATS["date"],
        "in_memory": True,
    }
    made = BytesIO()
    sheets, notes = _pieces(book, most)
    with xlsxwriter.Workbook(made, options) as workbook:
        workbook.set_properties({"title": book.title.of(run.lang), "created": _EPOCH})
        formats = _formats(workbook)
        taken: set[str] = set()
        for number, sheet in enumerate(sheets, start=1):
            _write_sheet(workbook, sheet, number, run, formats, taken)
        _write_notes(workbook, replace(book, notes=(*book.notes, *notes)), run, formats)
    sheet_rows.fill(made, path, [sheet.rows for sheet in sheets])


def _pieces(book: Book, most: int) -> tuple[list[Sheet], list[tuple[Text, Text]]]:
    """Return the sheets, one of more than `most` rows as several, and a note on each that was."""
    sheets: list[Sheet] = []
    notes = []
    for sheet in book.sheets:
        starts = range(0, max(len(sheet.rows), 1), most)
        sheets += [replace(sheet, rows=sheet.rows[start : start + most]) for start in starts]
        if len(starts) > 1:
            told = words.text(
                "book.continued", rows=f"{len(sheet.rows):,}", sheets=len(starts), most=f"{most:,}"
            )
            notes.append((sheet.name, told))
    return sheets, notes


def _formats(workbook: Workbook) -> dict[str, Any]:
    kinds = {kind: workbook.add_format({"num_format": pattern}) for kind, pattern in FORMATS.items()}
    # a code such as 0012 stays as it is, and a long one is not shown as 1.2E+19
    kinds["text"] = workbook.add_format({"num_format": "@"})
    kinds["wrapped"] = workbook.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    kinds["strong"] = workbook.add_format({"bold": True, "num_format": "@"})
    kinds["header"] = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    return kinds


def sheet_name(name: str, taken: set[str]) -> str:
    """Return a name that a spreadsheet accepts and that is not taken yet."""
    clean = "".join("-" if character in "[]:*?/\\" else character for character in name).strip("'")[
        :_NAME_ROOM
    ]
    unique, number = clean or "1", 2
    while unique.lower() in taken:
        suffix = f" {number}"
        unique, number = clean[: _NAME_ROOM - len(suffix)] + suffix, number + 1
    taken.add(unique.lower())
    return unique


def _write_sheet(
    workbook: Workbook, sheet: Sheet, number: int, run: RunFacts, formats: dict[str, Any], taken: set[str]
) -> None:
    page = workbook.add_worksheet(sheet_name(sheet.name.of(run.lang), taken))
    _set_paper(page, sheet.name.of(run.lang))
    headings = _unique([field.label.of(run.lang) for field in sheet.fields])
    # a table needs a body: with no rows one empty row stands in it
    columns = [_column(sheet, index, heading, formats, run) for index, heading in enumerate(headings)]
    page.add_table(
        0,
        0,
        2 if sheet.has_total else 1,
        len(headings) - 1,
        {
            "name": f"table_{number}",
            "columns": columns,
            "total_row": sheet.has_total,
            "style": "Table Style Light 1",
            "autofilter": True,
        },
    )
    for row in sheet.rows[:1]:  # the others are filled in after its example
        for column_no, (value, field) in enumerate(zip(row, sheet.fields, strict=True)):
            write_cell(page, 1, column_no, value, formats[field.kind])
    for index, field in enumerate(sheet.fields):
        page.set_column(index, index, field.width)
    page.freeze_panes(1, 1)
    page.repeat_rows(0)


def _column(sheet: Sheet, index: int, heading: str, formats: dict[str, Any], run: RunFacts) -> dict[str, Any]:
    from xlsxwriter.utility import xl_range

    field = sheet.fields[index]
    column: dict[str, Any] = {
        "header": heading,
        "header_format": formats["header"],
        "format": formats[field.kind],
    }
    if field.has_total and sheet.has_total:
        # the value is stored beside the formula, so that readers that don't recalculate show it too
        amounts = [row[index] for row in sheet.rows]
        total = sum((Decimal(value) for value in amounts if isinstance(value, (int, Decimal))), Decimal(0))
        # by cells, not by the heading: LibreOffice reads a heading such as "365 天以上" as a number
        cells = xl_range(1, index, len(sheet.rows), index)
        column |= {"total_function": f"=SUBTOTAL(109,{cells})", "total_value": float(total)}
    elif index == 0 and sheet.has_total:
        column["total_string"] = words.text("table.total").of(run.lang)
    return column


def write_cell(page: Worksheet, row: int, column: int, value: Value, cell_format: Any) -> None:
    """Write one value as what it is: text as text, whatever it begins with; a missing value as an empty cell."""
    if value is None or value == "":
        page.write_blank(row, column, None, cell_format)
    elif isinstance(value, bool):
        page.write_boolean(row, column, value, cell_format)
    elif isinstance(value, (int, Decimal)):
        page.write_number(row, column, value, cell_format)
    elif isinstance(value, date):
        page.write_datetime(row, column, value, cell_format)
    else:
        page.write_string(row, column, value[:CELL_ROOM], cell_format)


def _unique(headings: list[str]) -> list[str]:
    """Return headings that differ, as a table demands."""
    seen: dict[str, int] = {}
    result = []
    for heading in headings:
        seen[heading] = seen.get(heading, 0) + 1
        result.append(heading if seen[heading] == 1 else f"{heading} {seen[heading]}")
    return result


def _set_paper(page: Worksheet, title: str) -> None:
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    safe = title.replace("&", "&&")
    page.set_footer(f"&L{safe}&R&P / &N")


def _write_notes(workbook: Workbook, book: Book, run: RunFacts, formats: dict[str, Any]) -> None:
    page = workbook.add_worksheet(words.text("book.notes").of(run.lang))
    _set_paper(page, book.title.of(run.lang))
    page.set_column(0, 0, 28)
    page.set_column(1, 1, 96)
    told = [
        (words.text("book.title"), book.title),
        (words.text("book.company"), words.same(run.company)),
        (words.text("book.as_of"), words.same(run.as_of.isoformat())),
        (words.text("book.currency"), words.same(run.base_currency)),
        (words.text("book.run"), words.same(run.run_id)),
        *book.notes,
    ]
    for row, (label, text) in enumerate(told):
        page.write_string(row, 0, label.of(run.lang), formats["strong"])
        page.write_string(row, 1, text.of(run.lang), formats["wrapped"])
