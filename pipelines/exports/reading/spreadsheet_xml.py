"""Open XML spreadsheets of 2003, which programs call .xls: every worksheet, nothing outside the file is looked at."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING
from xml.parsers import expat

from pipelines.errors import UnreadableExport
from pipelines.exports.reading import encodings
from pipelines.exports.reading.normalising import Normaliser
from pipelines.exports.reading.records import MAX_LINE, Record
from pipelines.exports.reading.sheet_bounds import MAX_CELLS
from pipelines.exports.reading.spreadsheets import number_text
from pipelines.exports.reading.tables import MAX_COLUMNS

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.exports.reading.tables import TextTable
    from pipelines.exports.reading.workspace import Workspace

NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet"
_PIECE = 1 << 16
_TOLD = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.-]{3,20})[\"']")
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "cp950"}
_MIDNIGHT = re.compile(r"T00:00:00(\.0+)?$")


def open_spreadsheet_xml(path: Path, where: str, workspace: Workspace) -> list[TextTable]:
    """Return one table per worksheet that has a header and rows, in the workbook's order.

    Raises UnreadableExport when the XML is damaged or declares a document type, is beyond bounds, or has no table.
    """
    tables: list[TextTable] = []
    refusals: list[UnreadableExport] = []
    for (_, name), rows in groupby(_rows(path, where), key=itemgetter(0)):
        try:
            records = (record for _, record in rows)
            tables.append(
                Normaliser(workspace, f"{where}, sheet {name}").table(records, name, "xml spreadsheet")
            )
        except UnreadableExport as error:
            refusals.append(error)
    if not tables:
        raise refusals[0] if refusals else _damaged("no worksheet with rows", where)
    return tables


def _rows(path: Path, where: str) -> Iterator[tuple[tuple[int, str], Record]]:
    """Yield each row with its worksheet, told by number and name."""
    workbook = _Workbook(where)
    decoder = codecs.getincrementaldecoder(_encoding(path, where))("strict")
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = workbook.start, workbook.end
    parser.CharacterDataHandler = workbook.text
    parser.StartDoctypeDeclHandler = workbook.refuse_document_type
    parser.buffer_text = True
    try:
        with path.open("rb") as stream:
            while piece := stream.read(_PIECE):
                parser.Parse(_without_mark(decoder.decode(piece)), False)
                yield from workbook.taken()
        parser.Parse(decoder.decode(b"", final=True), True)
    except (expat.ExpatError, UnicodeError) as error:
        raise _damaged(str(error), where) from error
    yield from workbook.taken()


def _without_mark(text: str) -> str:
    return text.removeprefix("\ufeff")


def _encoding(path: Path, where: str) -> str:
    """Return the encoding that the XML tells; text given to the parser decoded is read as it is."""
    with path.open("rb") as stream:
        head = stream.read(400)
    told = _TOLD.match(head.removeprefix(codecs.BOM_UTF8))
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    name = told.group(1).decode().lower() if told else "utf-8"
    try:
        codecs.lookup(_WIDER.get(name, name))
    except LookupError:
        return encodings.detect(path, where)
    return _WIDER.get(name, name)


class _Workbook:
    """Collect rows: a row or cell may name its place, else it follows the one before."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._finished: list[tuple[tuple[int, str], Record]] = []
        self._sheet, self._row_no = (0, ""), 0
        self._row: list[str] | None = None
        self._column, self._across = 0, 0
        self._kind = ""
        self._text: list[str] | None = None
        self._size = self._cells = 0

    def taken(self) -> list[tuple[tuple[int, str], Record]]:
        """Return the rows that are finished, once."""
        finished, self._finished = self._finished, []
        return finished

    def refuse_document_type(self, *_: object) -> None:
        """Refuse a document type: entities are declared there, and no spreadsheet program writes one."""
        raise _damaged("a document type, which a spreadsheet never declares", self._where)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begin a worksheet, row, cell or value."""
        match _local(name):
            case "Worksheet":
                self._sheet = (self._sheet[0] + 1, attributes.get(f"{NAMESPACE} Name", ""))
                self._row_no = 0
            case "Row":
                self._row_no = self._place(attributes, self._row_no)
                self._row, self._column = [], 0
            case "Cell":
                self._column = self._place(attributes, self._column + self._across)
                self._across = self._number(attributes.get(f"{NAMESPACE} MergeAcross"))
            case "Data":
                self._kind = attributes.get(f"{NAMESPACE} Type", "String")
                self._text, self._size = [], 0

    def end(self, name: str) -> None:
        """End a row or a value."""
        match _local(name):
            case "Row":
                if self._row is not None:
                    record = Record(self._row_no, self._row_no, self._row)
                    self._finished.append((self._sheet, record))
                self._row, self._column, self._across = None, 0, 0
            case "Data":
                self._put(_value("".join(self._text or ()), self._kind))
                self._text = None

    def text(self, data: str) -> None:
        """Take a value's text."""
        if self._text is not None:
            self._size += len(data)
            if self._size > MAX_LINE:
                raise _damaged("a cell of more than 2 million characters", self._where)
            self._text.append(data)

    def _put(self, value: str) -> None:
        if self._row is None:
            return
        if self._column > MAX_COLUMNS:
            raise _damaged(f"a cell in column {self._column:,}", self._where)
        self._cells += self._column - len(self._row)
        if self._cells > MAX_CELLS:
            raise _damaged(f"more than {MAX_CELLS:,} cells", self._where)
        self._row += [""] * (self._column - len(self._row))
        if self._row:
            self._row[self._column - 1] = value

    def _place(self, attributes: dict[str, str], before: int) -> int:
        return self._number(attributes.get(f"{NAMESPACE} Index")) or before + 1

    @staticmethod
    def _number(told: str | None) -> int:
        return int(told) if told and told.isdecimal() and len(told) < 9 else 0


def _local(name: str) -> str:
    """Return an element's own name, nothing for one of another vocabulary."""
    space, _, local = name.rpartition(" ")
    return local if space in (NAMESPACE, "") else ""


def _value(text: str, kind: str) -> str:
    """Return a value as a spreadsheet shows it; digits as they are written, however many."""
    bare = text.strip()
    if kind == "DateTime":
        return _MIDNIGHT.sub("", bare).replace("T", " ").removesuffix(".000")
    if kind == "Boolean":
        return {"1": "TRUE", "0": "FALSE"}.get(bare, bare)
    if kind == "Number" and not bare.lstrip("-").isdecimal():
        try:
            return number_text(float(bare))
        except (ValueError, OverflowError):
            return bare
    return text


def _damaged(found: str, where: str) -> UnreadableExport:
    return UnreadableExport(
        "The XML spreadsheet is damaged or cut off.",
        where=where,
        found=found[:200],
        expected="a workbook that opens in a spreadsheet program",
        next_step="Open it, save it as XLSX, and load it again; or export it again.",
    )
