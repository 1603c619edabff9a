"""Bound what a spreadsheet would unfold to before it is opened: calamine lays out every cell of the used area."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING

from pipelines.errors import UnreadableExport
from pipelines.exports.reading.archives import ZIP_ERRORS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# 40 million cells are some 2 GB once laid out; the largest ledgers of one sheet stay below.
MAX_CELLS = 40_000_000
MAX_XML = 2 << 30
MAX_RATIO = 500
_HARMLESS = 64 << 20
_PIECE = 1 << 22
_OVERLAP = 64
# Cells, and rows, beyond column Z or row 99,999: short and narrow sheets, nearly all, hold none.
_FAR = re.compile(rb'r="([A-Z]{0,4})(\d{6,9})"|r="([A-Z]{2,4})\d')
_REPEATED = re.compile(rb'number-(rows|columns)-repeated="(\d{1,12})"[^>]{0,400}?(/?)>')


def check(path: Path, where: str) -> None:
    """Refuse a workbook whose cells, XML or compression are beyond what an export holds.

    Raises UnreadableExport. An XLS file is bounded by its own format (65,536 rows of 256 columns).
    """
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            _check_sizes(archive, path.stat().st_size, where)
            for info in archive.infolist():
                if info.filename.startswith("xl/worksheets/") and info.filename.endswith(".xml"):
                    _check_cells(_sheet_area(archive, info), where)
                elif info.filename == "content.xml":
                    _check_cells(_document_area(archive, info), where)
    except ZIP_ERRORS as error:
        raise UnreadableExport(
            "The spreadsheet is damaged or cut off.",
            where=where,
            found=str(error)[:200] or type(error).__name__,
            expected="a workbook that opens in a spreadsheet program",
            next_step="Open it, save it as XLSX, and load it again; or export it again.",
        ) from error


def _check_sizes(archive: zipfile.ZipFile, size: int, where: str) -> None:
    unpacked = sum(info.file_size for info in archive.infolist())
    if unpacked > min(MAX_XML, max(_HARMLESS, size * MAX_RATIO)):
        raise _too_large(f"{unpacked:,} bytes from {size:,}", where)


def _check_cells(area: tuple[int, int], where: str) -> None:
    if area[0] * area[1] > MAX_CELLS:
        raise _too_large(f"{area[0]:,} rows of {area[1]:,} columns", where)


def _too_large(found: str, where: str) -> UnreadableExport:
    return UnreadableExport(
        "The spreadsheet unfolds to far more than an export holds.",
        where=where,
        found=found,
        expected=f"at most {MAX_CELLS:,} cells a sheet",
        next_step="Delete the empty rows and columns beyond the table, or export it as CSV.",
    )


def _pieces(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield a member's bytes, each piece with the end of the one before, so that no mark is cut in two."""
    tail, seen = b"", 0
    with archive.open(info) as stream:
        while piece := stream.read(_PIECE):
            seen += len(piece)
            if seen > MAX_XML:
                raise ValueError("the sheet's XML is longer than its header says")
            yield tail + piece
            tail = piece[-_OVERLAP:]


def _sheet_area(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> tuple[int, int]:
    """Return the highest row and column that an XLSX sheet names, at least 99,999 rows of 26: they are harmless."""
    letters, last_row = {b"Z"}, 99_999
    for piece in _pieces(archive, info):
        found = _FAR.findall(piece)
        if found:
            far, rows, wide = zip(*found, strict=True)
            letters.update(far, wide)
            last_row = max([last_row, *(int(row) for row in set(rows) if row)])
    return last_row, max(_column_number(text) for text in letters)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _document_area(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> tuple[int, int]:
    """Return how many rows and columns an ODS's repeats make of cells that hold something."""
    rows, columns = 1, 26
    for piece in _pieces(archive, info):
        for what, count, is_empty in _REPEATED.findall(piece):
            if is_empty:
                continue
            if what == b"rows":
                rows += 0 if int(count) >= 1_000_000 else int(count)
            else:
                columns = max(columns, int(count))
    return rows, columns
