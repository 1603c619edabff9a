"""The workbook that gives refused rows back to the clerk: as the source wrote them, the faulty cells marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import UsageError
from pipelines.reporting import palette, words
from pipelines.reporting.words import Text
from pipelines.reporting.workbooks import sheet_name, write_cell

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

_MOST_ROWS = 1_000_000  # a sheet has room for a few more
_WIDTHS = (8, 16, 48)  # of the row's number, its cells, its reasons


@dataclass(frozen=True)
class ReturnedRow:
    """One source row: its number, texts in the header's order, the faulty ones' positions, and what is wrong."""

    source_row: int
    cells: tuple[str | None, ...]
    faulty: frozenset[int]
    reason: Text


@dataclass(frozen=True)
class ReturnedPart:
    """The refused rows of one file's part (a sheet, an archive's member), under the source's own header.

    Without a header the rows were refused by a rule on the document: their cells are then document, column, found and
    expected.
    """

    file_name: str
    part: str
    header: tuple[str, ...]
    rows: Sequence[ReturnedRow]


def write(parts: Sequence[ReturnedPart], path: Path, lang: str) -> None:
    """Write the workbook: a sheet that lists the files, then one sheet per part; every cell is text.

    Raises UsageError when the file cannot be written there.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import XlsxWriterException

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    sheets = list(_sheets(parts))
    try:
        with xlsxwriter.Workbook(str(path), options) as workbook:
            formats = _formats(workbook)
            taken: set[str] = set()
            overview = workbook.add_worksheet(sheet_name(words.text("file.quarantine").of(lang), taken))
            names = [sheet_name(part.part or Path(part.file_name).stem, taken) for part in sheets]
            _write_overview(overview, sheets, names, lang, formats)
            for part, name in zip(sheets, names, strict=True):
                _write_part(workbook.add_worksheet(name), part, lang, formats)
    except (OSError, XlsxWriterException) as error:
        raise UsageError(
            "The workbook cannot be written there",
            where=str(path),
            found=str(error),
            expected="a folder that exists, and a file that no program has open",
            next_step="choose another place, or close the workbook",
        ) from error


def _sheets(parts: Sequence[ReturnedPart]) -> Iterator[ReturnedPart]:
    """Yield the parts, one with more rows than a sheet holds in several pieces."""
    for part in parts:
        for start in range(0, len(part.rows), _MOST_ROWS):
            yield ReturnedPart(part.file_name, part.part, part.header, part.rows[start : start + _MOST_ROWS])


def _formats(workbook: Workbook) -> dict[str, Any]:
    text = {"num_format": "@", "valign": "top"}
    return {
        "text": workbook.add_format(text),
        "wrapped": workbook.add_format({**text, "text_wrap": True}),
        "header": workbook.add_format({**text, "bold": True, "text_wrap": True}),
        "faulty": workbook.add_format(
            {**text, "bg_color": palette.mixed(palette.ADVERSE, palette.WHITE, 0.2)}
        ),
    }


def _write_overview(
    page: Worksheet, sheets: Sequence[ReturnedPart], names: Sequence[str], lang: str, formats: dict[str, Any]
) -> None:
    """List which sheet holds the rows of which file, below the words on what to do."""
    page.set_column(0, 0, 32)
    page.set_column(1, 2, 40)
    told = words.text("book.quarantine" if sheets else "empty.quarantine").of(lang)
    page.merge_range(0, 0, 0, 3, told, formats["wrapped"])
    page.set_row(0, 32)
    heads = [words.text(f"table.{key}").of(lang) for key in ("part", "file", "part", "rows_quarantined")]
    rows = [heads] + [
        [name, part.file_name, part.part, str(len(part.rows))]
        for name, part in zip(names, sheets, strict=True)
    ]
    for row_no, row in enumerate(rows, start=2):
        for column_no, cell in enumerate(row):
            write_cell(page, row_no, column_no, cell, formats["header" if row_no == 2 else "text"])


def _write_part(page: Worksheet, part: ReturnedPart, lang: str, formats: dict[str, Any]) -> None:
    keys = ("document", "column", "found", "expected")
    reason = words.text("table.reason")
    header = part.header or tuple(words.text(f"table.{key}").of(lang) for key in keys)
    heads = (words.text("table.row").of(lang), *header, reason.zh, reason.en)
    for column_no, cell in enumerate(heads):
        write_cell(page, 0, column_no, cell, formats["header"])
    for row_no, row in enumerate(part.rows, start=1):
        write_cell(page, row_no, 0, str(row.source_row), formats["text"])
        for column_no, text in enumerate(row.cells):
            chosen = formats["faulty" if column_no in row.faulty else "text"]
            write_cell(page, row_no, 1 + column_no, text, chosen)
        write_cell(page, row_no, 1 + len(header), row.reason.zh, formats["wrapped"])
        write_cell(page, row_no, 2 + len(header), row.reason.en, formats["wrapped"])
    page.set_column(0, 0, _WIDTHS[0])
    page.set_column(1, len(header), _WIDTHS[1])
    page.set_column(1 + len(header), 2 + len(header), _WIDTHS[2])
    page.freeze_panes(1, 1)
    page.autofilter(0, 0, max(len(part.rows), 1), len(heads) - 1)
