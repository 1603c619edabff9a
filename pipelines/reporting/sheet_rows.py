"""The rows of tables written into a workbook that is made already, in a fifth of the work of writing cell by cell.

xlsxwriter makes the workbook with one row in each table, and a row of totals. The other rows are put in between here,
as XML, a column at a time, each cell formatted as its column's cell in that one row is; what lies below moves down.
What a cell holds, ECMA-376 part 1 says (18.3.1.4, cells; 22.4.2.4, how to write characters that XML has no room for).
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO

Value = str | int | Decimal | date | bool | None
Rows = Sequence[tuple[Value, ...]]
CELL_ROOM = 32_767  # a cell may hold no more
_AT_ONCE = 4096  # rows made into text at a time
_PART = re.compile(r"xl/(worksheets/sheet|tables/table)(\d+)\.xml")
_ROW = re.compile(r'<row r="2"([^>]*)>(.*?)</row>')
_CELL = re.compile(r'<c r="([A-Z]+)2"( s="\d+")?')
_TOTAL = re.compile(r'(<(?:row|c) r="[A-Z]*)3"')
_AREA = re.compile(r'( ref="[A-Z]+\d+:[A-Z]+)(\d+)"')
_DAY_ZERO = date(1899, 12, 30).toordinal()
# What XML has no place for, and what would be read as an escape of such.
_UNSAFE = re.compile("[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_x(?=[0-9A-Fa-f]{4}_)")
_NAMED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "_x": "_x005F_x"}


def fill(made: IO[bytes], path: Path, tables: Sequence[Rows]) -> None:
    """Write the workbook `made` to `path` with all rows of its tables.

    The first sheets of the workbook hold a table each, in this order, each with its first row only.
    """
    with zipfile.ZipFile(made) as given, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as written:
        for part in given.infolist():
            content = given.read(part)
            kind, rows = _of(part.filename, tables)
            with written.open(_same(part), "w") as out:
                if len(rows) < 2:
                    out.write(content)
                elif kind == "tables/table":
                    out.write(_longer(content.decode(), len(rows) - 1).encode())
                else:
                    out.writelines(text.encode() for text in _filled(content.decode(), rows))


def _of(name: str, tables: Sequence[Rows]) -> tuple[str, Rows]:
    """Return what a part of the file is and the rows it is about; no rows for what is about no table."""
    found = _PART.fullmatch(name)
    if found is None or int(found[2]) > len(tables):
        return "", ()
    return found[1], tables[int(found[2]) - 1]


def _same(part: zipfile.ZipInfo) -> zipfile.ZipInfo:
    """Return a part's name and time for another file."""
    named = zipfile.ZipInfo(part.filename, part.date_time)
    named.compress_type, named.external_attr = zipfile.ZIP_DEFLATED, part.external_attr
    return named


def _longer(content: str, more: int) -> str:
    """Return XML whose areas end so many rows further down."""
    return _AREA.sub(lambda area: f'{area[1]}{int(area[2]) + more}"', content)


def _filled(sheet: str, rows: Rows) -> Iterator[str]:
    """Yield the XML of a sheet with all rows."""
    first = _ROW.search(sheet)
    if first is None:
        message = "the workbook was made without a first row to format the others by"
        raise ValueError(message)
    more = len(rows) - 1
    yield _longer(sheet[: first.end()], more)
    yield from _texts(rows[1:], first[1], _CELL.findall(first[2]))
    yield _TOTAL.sub(rf'\g<1>{3 + more}"', sheet[first.end() :])


def _texts(rows: Rows, more: str, columns: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yield the XML of rows from the third of the sheet on, many at a time; columns are letters and format."""
    for start in range(0, len(rows), _AT_ONCE):
        some = rows[start : start + _AT_ONCE]
        numbers = [str(number) for number in range(3 + start, 3 + start + len(some))]
        cells = [
            _column(values, numbers, letters, style)
            for values, (letters, style) in zip(zip(*some, strict=True), columns, strict=True)
        ]
        starts = [f'<row r="{number}"{more}>' for number in numbers]
        yield "".join(map("".join, zip(starts, *cells, ["</row>"] * len(some), strict=True)))


def _column(values: Sequence[Value], numbers: Sequence[str], letters: str, style: str) -> list[str]:
    """Return the cells of one column; most columns hold amounts alone."""
    before, after = f'<c r="{letters}', f'"{style}'
    if set(map(type, values)) == {Decimal}:
        after += "><v>"
        return [
            f"{before}{number}{after}{value!s}</v></c>" for number, value in zip(numbers, values, strict=True)
        ]
    return [
        f"{before}{number}{after}{_content(value)}" for number, value in zip(numbers, values, strict=True)
    ]


def _content(value: Value) -> str:
    """Return a cell's XML after its place and format: text as text, whatever it begins with."""
    if value is None or value == "":
        return "/>"
    if isinstance(value, str):
        return f' t="inlineStr"><is><t{_spacing(value)}>{_safe(value[:CELL_ROOM])}</t></is></c>'
    if isinstance(value, bool):
        return f' t="b"><v>{value:d}</v></c>'
    if isinstance(value, date):
        return f"><v>{value.toordinal() - _DAY_ZERO}</v></c>"
    return f"><v>{value:.16G}</v></c>"


def _spacing(text: str) -> str:
    return ' xml:space="preserve"' if text[0].isspace() or text[-1].isspace() else ""


def _safe(text: str) -> str:
    return _UNSAFE.sub(_escaped, text) if _UNSAFE.search(text) else text


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    return _NAMED.get(character) or f"_x{ord(character):04X}_"
