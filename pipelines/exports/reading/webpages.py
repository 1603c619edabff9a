"""Open web pages saved as spreadsheets: programs write an HTML table and call it .xls."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from pipelines.errors import UnreadableExport
from pipelines.exports.reading import encodings
from pipelines.exports.reading.cells import is_number
from pipelines.exports.reading.normalising import Normaliser
from pipelines.exports.reading.records import MAX_LINE, Record
from pipelines.exports.reading.tables import MAX_COLUMNS

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.exports.reading.tables import TextTable
    from pipelines.exports.reading.workspace import Workspace

_PIECE = 1 << 16
_MOST_ROWS_SPANNED = 65_536
# What a page is told to be read as; the names of the web stand for wider encodings.
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]{3,20})", re.IGNORECASE)
_WIDER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "cp950",
    "iso-8859-1": "cp1252",
    "shift_jis": "cp932",
}
_CELLS, _UNSEEN = ("td", "th"), ("script", "style", "title", "xml")


def open_webpage(path: Path, where: str, workspace: Workspace) -> list[TextTable]:
    """Return the page's one table, laid out as a spreadsheet program does: all its tables' rows below each other.

    Row n is the n-th row of the page. Raises UnreadableExport when it has no table, or its encoding cannot be told.
    """
    encoding = _encoding(path, where)
    records = _records(path, encoding, where)
    first = next(records, None)
    if first is None:
        raise UnreadableExport(
            "The file is a web page without a table.",
            where=where,
            found="a page such as a login or an error message",
            expected="a table of rows",
            next_step="Log in to the program again, and export again as XLSX or CSV.",
        )
    return [Normaliser(workspace, where).table(_chained(first, records), "", f"html, {encoding}")]


def _chained(first: Record, rest: Iterator[Record]) -> Iterator[Record]:
    yield first
    yield from rest


def _encoding(path: Path, where: str) -> str:
    """Return the encoding: UTF when the bytes prove it, else what the page says if every byte bears it out."""
    with path.open("rb") as stream:
        told = _CHARSET.search(stream.read(1 << 14))
    try:
        name = told.group(1).decode().lower() if told else ""
        declared = _WIDER.get(name, name)
        if declared and not encodings.is_valid(path, "utf-8") and encodings.is_valid(path, declared):
            return declared
    except LookupError:
        pass  # a name that is no encoding tells nothing
    return encodings.detect(path, where)


def _records(path: Path, encoding: str, where: str) -> Iterator[Record]:
    page = _Page(where)
    with path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="") as stream:
        while piece := stream.read(_PIECE):
            page.feed(piece)
            if len(page.rawdata) > MAX_LINE:
                raise _beyond("a mark that never ends", where)
            yield from page.taken()
    page.close()
    page.end_row()
    yield from page.taken()


class _Page(HTMLParser):
    """Collect the rows of every table; closing tags that a page leaves out are understood.

    A cell that spans columns or rows stands in its first place, as in a spreadsheet; the others stay blank.
    """

    def __init__(self, where: str) -> None:
        super().__init__(convert_charrefs=True)
        self._where = where
        self._rows: list[list[str]] = []
        self._row: list[str] | None = None
        self._text: list[str] | None = None
        self._size = 0
        self._number: str | None = None
        self._columns, self._rows_spanned = 1, 1
        self._below: dict[int, int] = {}
        self._unseen = 0
        self._count = 0

    def taken(self) -> Iterator[Record]:
        """Yield the rows that are finished."""
        for row in self._rows:
            self._count += 1
            yield Record(self._count, self._count, row)
        self._rows = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a row or a cell."""
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag in ("tr", "table"):
            self.end_row()
            self._row = [] if tag == "tr" else None
        elif tag in _CELLS:
            self._end_cell()
            self._row = [] if self._row is None else self._row
            told = dict(attrs)
            self._text, self._size, self._number = [], 0, told.get("x:num")
            self._columns = self._span(told.get("colspan"), MAX_COLUMNS)
            self._rows_spanned = self._span(told.get("rowspan"), _MOST_ROWS_SPANNED)
        elif tag in ("br", "p", "div") and self._text is not None:
            self._text.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """End a row or a cell."""
        if tag in _UNSEEN:
            self._unseen = max(self._unseen - 1, 0)
        elif tag in _CELLS:
            self._end_cell()
        elif tag in ("tr", "table"):
            self.end_row()
            if tag == "table":
                self._below = {}

    def handle_data(self, data: str) -> None:
        """Take a cell's text."""
        if self._text is None or self._unseen:
            return
        self._size += len(data)
        if self._size > MAX_LINE:
            raise _beyond("a cell of more than 2 million characters", self._where)
        self._text.append(data)

    def end_row(self) -> None:
        """Finish the row under way."""
        self._end_cell()
        if self._row is None:
            return
        self._fill_spanned()
        self._below = {column: left - 1 for column, left in self._below.items() if left > 1}
        self._rows.append(self._row)
        self._row = None

    def _end_cell(self) -> None:
        if self._text is None or self._row is None:
            return
        text = " ".join("".join(self._text).split())
        if self._number and is_number(text) and is_number(self._number):
            text = self._number  # the number itself, where the page shows it rounded
        self._fill_spanned()
        at = len(self._row)
        self._row += [text, *[""] * (self._columns - 1)]
        if len(self._row) > MAX_COLUMNS:
            raise _beyond(f"more than {MAX_COLUMNS:,} columns", self._where)
        if self._rows_spanned > 1:
            self._below |= dict.fromkeys(range(at, len(self._row)), self._rows_spanned)
        self._text = None

    def _fill_spanned(self) -> None:
        """Leave the places blank that cells of former rows reach into."""
        while self._row is not None and self._is_spanned(len(self._row)):
            self._row.append("")

    def _is_spanned(self, column: int) -> bool:
        return self._below.get(column, 0) > 0

    @staticmethod
    def _span(told: str | None, most: int) -> int:
        return min(max(int(told), 1), most) if told and told.strip().isdecimal() and len(told) < 9 else 1


def _beyond(found: str, where: str) -> UnreadableExport:
    return UnreadableExport(
        "The web page is beyond what an export holds.",
        where=where,
        found=found,
        expected="a table of rows",
        next_step="Open it in a spreadsheet program, save it as XLSX, and load it again.",
    )
