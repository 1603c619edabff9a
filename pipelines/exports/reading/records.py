"""Split delimited text into records in bounded memory, whatever its quotes do."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

from pipelines.errors import UnreadableExport
from pipelines.exports.reading.fitting import fitted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# DuckDB's own limit is 2 MB; a longer line is a damaged file or an attack.
MAX_LINE = 1 << 21
# Lines that one quoted field may span before the quote is taken as stray.
_MAX_SPAN = 200


@dataclass(frozen=True)
class Dialect:
    """How fields are separated and quoted: `escape` is the character that guards a quote, `quote` may be empty."""

    delimiter: str
    quote: str = '"'
    escape: str = '"'


class Record(NamedTuple):
    """One record: `number` counts records from 1 (as a spreadsheet's rows), `line` is the last line it stands on.

    `is_last_line_open`: it is the file's last and has no line end, so the file may be cut off in it.
    `in_open_quote`: a quote that was opened in it, or in a line before it, is open where the file ends.
    `quote_line`: where a quote was opened that does not close in bounds, if the record stands behind it; else 0.
    """

    number: int
    line: int
    cells: list[str]
    text: str = ""
    is_last_line_open: bool = False
    in_open_quote: bool = False
    quote_line: int = 0

    @property
    def ends_in_quote(self) -> bool:
        """Whether the file's last field was opened by a quote and not closed."""
        last = self.cells[-1].lstrip() if self.is_last_line_open and self.in_open_quote else ""
        return last.startswith('"') and last.count('"') % 2 == 1


class _Lines:
    """Give a reader its lines one by one, keeping those of the record under way, so that it can be taken apart."""

    def __init__(self, stream: TextIO, where: str) -> None:
        self._stream, self._where = stream, where
        self.taken: list[str] = []
        self.number = 0
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.taken) > _MAX_SPAN:
            raise csv.Error("a quoted field spans too many lines")
        line = self._stream.readline(MAX_LINE)
        if not line:
            self.ended = True
            raise StopIteration
        if len(line) >= MAX_LINE and not line.endswith(("\n", "\r")):
            raise UnreadableExport(
                "A line is too long to be part of an export.",
                where=f"{self._where}, line {self.number + 1:,}",
                found=f"more than {MAX_LINE:,} characters without a line end",
                expected="one record a line",
                next_step="Export the file again as CSV or XLSX.",
            )
        self.number += 1
        self.taken.append(line)
        return line


def reader_options(dialect: Dialect) -> dict[str, Any]:
    """Return the csv module's options for a dialect."""
    if not dialect.quote:
        return {"delimiter": dialect.delimiter, "quoting": csv.QUOTE_NONE}
    doubled = dialect.escape == dialect.quote
    return {
        "delimiter": dialect.delimiter,
        "quotechar": dialect.quote,
        "doublequote": doubled,
        "escapechar": None if doubled else dialect.escape,
    }


def split(path: Path, encoding: str, dialect: Dialect, where: str, width: int = 0) -> Iterator[Record]:
    """Yield the records of a delimited text.

    A quote that never closes, or closes only after many lines, is taken as stray: its record ends with its own line
    and the following lines are read for themselves; with a `width`, so is a record of several lines that has more
    fields than that. Raises UnreadableExport for a line of more than 2 MB.
    """
    with path.open(encoding=encoding, newline="") as stream:
        lines = _Lines(stream, where)
        yield from _records(lines, dialect, width)


def _records(lines: _Lines, dialect: Dialect, width: int) -> Iterator[Record]:
    csv.field_size_limit(MAX_LINE)
    number = 0
    while not lines.ended:
        for cells, text, is_open, quote_line in _until_broken(lines, dialect, width):
            number += 1
            is_last = not text.endswith(("\n", "\r"))
            yield Record(number, lines.number, cells, text, is_last, is_open, quote_line)


def _until_broken(lines: _Lines, dialect: Dialect, width: int) -> Iterator[tuple[list[str], str, bool, int]]:
    """Yield fields and text of records until a quote breaks the reader, then the lines it had taken; or to the end.

    Third: whether these lines end, with the file, inside a quoted field. Last: the line of a quote that went beyond
    bounds, for the lines behind it.
    """
    reader = csv.reader(lines, **reader_options(dialect))
    while True:
        lines.taken.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            opened = lines.number - len(lines.taken) + 1
            for turn, (cells, text, is_open) in enumerate(_line_by_line(lines, dialect, is_open=False)):
                yield cells, text, is_open, opened if turn else 0
            return
        if lines.ended and _is_open(lines.taken, dialect):
            yield from ((*one, 0) for one in _line_by_line(lines, dialect, is_open=True))
        elif _is_astray(cells, lines, width):
            yield from ((*one, 0) for one in _line_by_line(lines, dialect, is_open=False))
        else:
            yield cells, "".join(lines.taken), False, 0


def _is_astray(cells: list[str], lines: _Lines, width: int) -> bool:
    """Tell whether a record swallowed lines that are records of their own: a quote was opened and not meant."""
    return not lines.ended and bool(width) and len(lines.taken) > 1 and fitted(cells, width) is None


def _is_open(taken: list[str], dialect: Dialect) -> bool:
    """Tell whether the last record ends inside a quoted field: an odd number of quotes that can open or close one."""
    text = "".join(taken)
    if dialect.quote and dialect.escape != dialect.quote:
        text = text.replace(dialect.escape + dialect.quote, "")
    return bool(dialect.quote) and text.count(dialect.quote) % 2 == 1


def _line_by_line(lines: _Lines, dialect: Dialect, *, is_open: bool) -> list[tuple[list[str], str, bool]]:
    """Read the lines of a record that went wrong each for itself, its quotes as plain characters where they fail."""
    quoted, plain = reader_options(dialect), reader_options(Dialect(dialect.delimiter, "", ""))
    found = []
    for line in list(lines.taken):
        options = plain if line.count('"') % 2 else quoted
        try:
            cells = next(csv.reader([line], **options), [])
        except csv.Error:
            cells = [line.strip()]
        found.append((cells, line, is_open))
    return found
