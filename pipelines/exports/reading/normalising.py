"""Turn rows of any source into a regular text table: header found, totals and blanks set aside, rows fitted."""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain, islice
from typing import TYPE_CHECKING

from pipelines.errors import UnreadableExport
from pipelines.exports.declarations import Words
from pipelines.exports.reading.cells import cleaned_row
from pipelines.exports.reading.fitting import fitted
from pipelines.exports.reading.layout import HEAD_ROWS, Header, RowJudge, filled, find_header
from pipelines.exports.reading.tables import ROW_COLUMN, SAMPLE_ROWS, TextTable, header_names, lines_above
from pipelines.exports.reading.writing import TextWriter, parquet_relation

if TYPE_CHECKING:
    from pipelines.exports.reading.records import Record
    from pipelines.exports.reading.workspace import Workspace

# How many skipped rows, misfits and mended rows are named; all are counted.
_NAMED = 1_000
# Rows of a single text that may follow one another before they are data after all: a footer is short.
_FOOTER_ROWS = 60
# A file is given up when more rows than this, and more than half of all, do not fit its header.
_MOST_UNFIT = 20_000
# A single text that no footer would be: a document's number, where the file ends.
_CODE = re.compile(r"[!-~]*\d[!-~]*")
Mend = Callable[[list[str], int], list[str] | None]


def table_width(header: Header, below: Iterable[list[str]]) -> int:
    """Return how many columns a table has: those named, and those that most rows fill beyond them."""
    named = last_filled(header.cells)
    widths = sorted(last_filled(row) for row in below if filled(row))
    return max(named, widths[len(widths) // 4] if widths else 0)


def last_filled(cells: Iterable[str]) -> int:
    """Return the position, from 1, of the last cell that holds something."""
    return max((index for index, cell in enumerate(cells, 1) if cell and not cell.isspace()), default=0)


@contextmanager
def _without_searching_cycles() -> Iterator[None]:
    """Pause Python's search for cycles: rows are many lists and hold none; looking takes an eighth of their time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class Normaliser:
    """Write one table's data rows to Parquet and count what is set aside."""

    def __init__(self, workspace: Workspace, where: str, mend: Mend | None = None) -> None:
        """Prepare; `mend` may repair a row of too many fields."""
        self._workspace, self._where, self._mend = workspace, where, mend
        self._skipped: list[tuple[int, str]] = []
        self._skipped_count = 0
        self._misfits: list[tuple[int, str]] = []
        self._misfit_count = 0
        self._mended: list[int] = []
        self._short: list[int] = []
        self._short_count = 0
        self._quote_line = 0
        self._sample: list[tuple[str, ...]] = []
        self._first_row = 0
        self._are_whole = True

    def table(
        self, records: Iterable[Record], part: str, encoding: str, notes: tuple[Words, ...] = ()
    ) -> TextTable:
        """Return the table. Raises UnreadableExport when no header is found or it is far too wide."""
        rows = iter(records)
        head = list(islice(rows, HEAD_ROWS))
        header = find_header([record.cells for record in head], self._where)
        below = [record.cells for record in head[header.last + 1 :]]
        width = table_width(header, below)
        cells = [*header.cells, *[""] * width][:width]
        names = header_names(cells, self._where)
        for record in head[: header.first]:
            self._skip(record.number, "preamble" if filled(record.cells) else "blank")
        judge = RowJudge(Header(tuple(cells), header.first, header.last), below)
        target = self._workspace.new_file(".parquet")
        self._first_row = head[header.last].number + 1
        with TextWriter(target, names) as writer, _without_searching_cycles():
            for record in self._data(chain(head[header.last + 1 :], rows), judge):
                self._write(record, width, writer)
        return TextTable(
            part=part,
            header=names,
            sample=tuple(self._sample),
            relation=parquet_relation(target, names),
            first_row=self._first_row,
            row_column=ROW_COLUMN,
            rows_read=writer.written + self._skipped_count,
            rows_skipped=self._skipped_count,
            skipped=tuple(self._skipped),
            encoding=encoding,
            notes=notes + self._notes(),
            misfits=tuple(self._misfits),
            above=lines_above(record.cells for record in head[: header.first]),
        )

    def _data(self, records: Iterable[Record], judge: RowJudge) -> Iterator[Record]:
        """Yield data rows; single texts wait until a fuller row follows, else they are the footer."""
        waiting: list[Record] = []
        first = True
        for record in records:
            reason = judge.reason(record.cells, is_first=first)
            if reason is None and judge.is_note(record.cells) and len(waiting) < _FOOTER_ROWS:
                waiting.append(record)
                continue
            if reason is not None:
                self._skip(record.number, reason)
                continue
            first = False
            yield from waiting
            waiting.clear()
            yield record
        for record in waiting:
            if self._are_whole and record.is_last_line_open and _CODE.fullmatch(record.text.strip()):
                raise self._cut_off(record, "1 field")
            self._skip(record.number, "footer")

    def _write(self, record: Record, width: int, writer: TextWriter) -> None:
        if len(record.cells) == width and not record.is_last_line_open and not record.in_open_quote:
            self._take(record.number, record.cells, writer)  # as nearly every row
            self._quote_line = 0  # lines behind an open quote end where a whole record stands again
            return
        self._quote_line = record.quote_line or self._quote_line
        if self._quote_line and len(record.cells) != width:
            self._misfit(record, width, writer)
            self._require_most_fit(record, writer.written)
            return
        cells = record.cells if len(record.cells) == width else fitted(record.cells, width)
        if cells is None and self._mend is not None:
            cells = self._mend(record.cells, width)
            if cells is not None and len(self._mended) < _NAMED:
                self._mended.append(record.number)
        short = len(record.cells) < width
        at_end = record.is_last_line_open or record.in_open_quote
        if at_end and self._are_whole and (short or record.ends_in_quote):
            raise self._cut_off(record, f"{len(record.cells)} of {width} fields")
        if (short or cells is None) and not record.in_open_quote:
            self._are_whole = False
        if cells is None or (short and record.is_last_line_open):
            self._misfit(record, width, writer)
            return
        if short:
            self._note_short(record, writer.written)
        self._take(record.number, cells, writer)

    def _take(self, number: int, cells: list[str], writer: TextWriter) -> None:
        row = cleaned_row(cells)
        if len(self._sample) < SAMPLE_ROWS:
            self._sample.append(tuple(row))
        writer.add(number, row)

    def _note_short(self, record: Record, written: int) -> None:
        self._short_count += 1
        if len(self._short) < _NAMED:
            self._short.append(record.number)
        self._require_most_fit(record, written)

    def _require_most_fit(self, record: Record, written: int) -> None:
        if self._short_count + self._misfit_count > max(_MOST_UNFIT, written / 2):
            raise UnreadableExport(
                "Most rows do not fit the header.",
                where=f"{self._where}, row {record.number:,}",
                found=f"{self._short_count + self._misfit_count:,} of {written:,} rows have fewer or more fields"
                + (f", behind {_open_quote(self._quote_line)}" if self._quote_line else ""),
                expected="rows of as many fields as the header names",
                next_step="Check quotes and delimiter of the file, or export it again.",
            )

    def _misfit(self, record: Record, width: int, writer: TextWriter) -> None:
        text = (record.text or " | ".join(record.cells)).strip()
        found = f"{len(record.cells)} fields where the header has {width}"
        if self._quote_line:
            found += f", behind {_open_quote(self._quote_line)}"
        if record.is_last_line_open:
            found += ", and the file ends without a line end: it may be cut off"
        self._misfit_count += 1
        if len(self._misfits) < _NAMED:
            self._misfits.append((record.number, found))
        writer.add(record.number, [text, *[""] * (width - 1)])

    def _cut_off(self, record: Record, found: str) -> UnreadableExport:
        ending = "inside a quoted text" if record.in_open_quote else "without a line end"
        return UnreadableExport(
            "The file is cut off: its last row is not whole.",
            where=f"{self._where}, row {record.number:,}",
            found=f"{found}, and the file ends {ending}: {record.text.strip()[-60:]}",
            expected="a last row as whole as all rows before it",
            next_step="Export or copy it again; the end is missing, and rows after it may be too.",
        )

    def _skip(self, number: int, reason: str) -> None:
        self._skipped_count += 1
        if len(self._skipped) < _NAMED:
            self._skipped.append((number, reason))

    def _notes(self) -> tuple[Words, ...]:
        notes = []
        if self._mended:
            zh, en = _rows(self._mended)
            notes.append(
                Words(
                    f"未加引号的分隔符已并回文字：{zh}",
                    f"unquoted delimiters inside a text were joined back in {en}",
                )
            )
        if self._short:
            zh, en = _rows(self._short)
            notes.append(
                Words(
                    f"行尾缺少的字段按空白读取：{zh}", f"missing fields at the end were read as blank in {en}"
                )
            )
        if self._misfit_count:
            count, why = f"{self._misfit_count:,}", self._misfits[0][1]
            notes.append(
                Words(
                    f"{count} 行与表头不符，未读取：{why}",
                    f"{count} rows do not fit the header and are left unread: {why}",
                )
            )
        return tuple(notes)


def _open_quote(line: int) -> str:
    return f"a quote opened in line {line:,} that does not close in bounds: its cell is too long, or it was left open"


def _rows(numbers: list[int]) -> tuple[str, str]:
    """Return which rows, in zh and en."""
    shown = ", ".join(str(number) for number in numbers[:5])
    if len(numbers) == 1:
        return f"第 {shown} 行", f"row {shown}"
    shown += ", …" if len(numbers) > 5 else ""
    return f"{len(numbers):,} 行（{shown}）", f"{len(numbers):,} rows ({shown})"
