"""Open delimited text: in place through DuckDB when it is regular, else normalised."""

from __future__ import annotations

import csv
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from pipelines.errors import UnreadableExport
from pipelines.exports.reading import dialects, encodings, regular
from pipelines.exports.reading.cells import cleaned
from pipelines.exports.reading.fitting import fitted, mended
from pipelines.exports.reading.layout import HEAD_ROWS, Header, RowJudge, filled, find_header
from pipelines.exports.reading.normalising import Normaliser, table_width
from pipelines.exports.reading.records import MAX_LINE, Dialect, Record, reader_options, split
from pipelines.exports.reading.tables import SAMPLE_ROWS, TextTable, header_names, lines_above

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.exports.reading.workspace import Workspace

_HEAD_LINES = 400
_TAIL = 1 << 16
# A smaller file is proved regular before it is read; a larger one while it is read, which saves reading it twice.
_LARGE = 32 << 20
_HEAD_CHARACTERS = 4 * MAX_LINE


def open_delimited(path: Path, part: str, where: str, workspace: Workspace) -> TextTable:
    """Return the table of a delimited text file.

    UTF-8 is read where it lies, other encodings from a copy in the scratch folder. Raises UnreadableExport when the
    encoding or the header cannot be told, or a line is beyond bounds.
    """
    encoding = encodings.at_first_look(path) if path.stat().st_size >= _LARGE else ""
    if encoding:
        table = _at_first_look(path, encoding, part, where, workspace)
        if table is not None:
            return table
    return _looked_at(path, part, where, workspace)


def _at_first_look(
    path: Path, encoding: str, part: str, where: str, workspace: Workspace
) -> TextTable | None:
    """Return the table of a large file by its beginning and end; None when that is not enough."""
    try:
        dialect, head, header, width = _head(path, where)
        table = _in_place(path, dialect, head, header, width)
    except UnicodeError:
        return None
    if table is None or regular.has_guarded_codes(path, dialect.delimiter):
        return None
    before = head[header.last].line - table.rows_skipped

    def promised() -> int | None:
        lines = counted.result()
        return None if lines is None else lines - before

    def look() -> TextTable:
        try:
            return _looked_at(path, part, where, workspace)
        finally:
            workspace.close()

    # Beside the reading, which leaves Python idle: what is counted is only needed when it is done.
    thread = ThreadPoolExecutor(1)
    counted = thread.submit(regular.sound_line_count, path)
    thread.shutdown(wait=False)
    return replace(table, part=part, encoding=encoding, closer_look=look, promised_rows=promised)


def _looked_at(path: Path, part: str, where: str, workspace: Workspace) -> TextTable:
    """Return the table of a file after a look at all of it."""
    encoding = encodings.detect(path, where)
    if encoding not in ("utf-8", "utf-8-sig"):
        path = encodings.transcode(path, encoding, workspace.new_file(".csv"))
        encodings.refuse_nul(path, where)
    dialect, head, header, width = _head(path, where)
    table = _in_place(path, dialect, head, header, width)
    found = _proved(table, path, dialect, header, head[header.last].line, workspace) if table else None
    if found is None:
        mend = partial(mended, delimiter=dialect.delimiter)
        records = split(path, "utf-8-sig", dialect, where, width)
        found = Normaliser(workspace, where, mend).table(records, part, encoding)
    return replace(found, part=part, encoding=encoding)


def _head(path: Path, where: str) -> tuple[Dialect, list[Record], Header, int]:
    """Return how the file is separated, its first records, its header and its width."""
    dialect = dialects.detect(_head_lines(path, where))
    head = list(islice(split(path, "utf-8-sig", dialect, where), HEAD_ROWS + SAMPLE_ROWS))
    header = find_header([record.cells for record in head], where)
    width = table_width(header, [record.cells for record in head[header.last + 1 : HEAD_ROWS]])
    return dialect, head, header, width


def _head_lines(path: Path, where: str) -> list[str]:
    """Return the first lines. Raises UnreadableExport when nothing is there or a line is beyond bounds."""
    lines: list[str] = []
    size = 0
    with path.open(encoding="utf-8-sig", newline="") as stream:
        while len(lines) < _HEAD_LINES and size < _HEAD_CHARACTERS and (line := stream.readline(MAX_LINE)):
            if len(line) >= MAX_LINE and not line.endswith(("\n", "\r")):
                raise UnreadableExport(
                    "A line is too long to be part of an export.",
                    where=f"{where}, line {len(lines) + 1:,}",
                    found=f"more than {MAX_LINE:,} characters without a line end",
                    expected="one record a line",
                    next_step="Export the file again as CSV or XLSX.",
                )
            lines.append(line)
            size += len(line)
    if not any(line.strip() for line in lines):
        raise UnreadableExport(
            "The export is empty.",
            where=where,
            found="no text" if not lines else "only blank lines",
            expected="a header row and rows below it",
            next_step="Export it again; the program that wrote it gave nothing.",
        )
    return lines


def _are_plain(first: list[list[str]], last: list[list[str]], header: Header, cells: list[str]) -> bool:
    """Tell whether all of a table's first and last rows are data."""
    judge = RowJudge(Header(tuple(cells), header.first, header.last), first)
    is_data = all(judge.reason(row, is_first=index == 0) is None for index, row in enumerate(first))
    return is_data and not any(judge.is_note(row) for row in (*first[-1:], *last))


def _last_rows(path: Path, dialect: Dialect) -> list[list[str]]:
    """Return the last few rows, as far as they can be told from the end: footers stand there."""
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(size - _TAIL, 0))
        text = stream.read().decode("utf-8", "ignore")
    lines = text.splitlines(keepends=True)[1:][-3:]
    try:
        return list(csv.reader(lines, **reader_options(dialect)))
    except csv.Error:
        return []


def _in_place(
    path: Path, dialect: Dialect, head: list[Record], header: Header, width: int
) -> TextTable | None:
    """Return a table that DuckDB reads from the file itself, or None when its first or last rows need another way."""
    cells = [*header.cells, *[""] * width][:width]
    below = head[header.last + 1 :]
    if width < 2 or not _are_plain(
        [record.cells for record in below], _last_rows(path, dialect), header, cells
    ):
        return None
    fitting = [fitted(record.cells, width) for record in below[:SAMPLE_ROWS]]
    sample = [tuple(map(cleaned, row)) for row in fitting if row is not None]
    if len(sample) < len(fitting):
        return None
    names = header_names(cells, path.name)
    before = [
        (record.number, "preamble" if filled(record.cells) else "blank") for record in head[: header.first]
    ]
    return TextTable(
        part="",
        header=names,
        sample=tuple(sample),
        relation=regular.relation(path, dialect, names, head[header.last].line),
        first_row=head[header.last].number + 1,
        row_column=None,
        rows_read=None,
        rows_skipped=len(before),
        skipped=tuple(before),
        encoding="utf-8",
        notes=(),
        above=lines_above(record.cells for record in head[: header.first]),
    )


def _proved(
    table: TextTable, path: Path, dialect: Dialect, header: Header, skip: int, workspace: Workspace
) -> TextTable | None:
    """Return the table with its rows counted when every one is plain, else None."""
    width = len(table.header)
    cells = [*header.cells, *[""] * width][:width]
    rows = regular.rows(workspace.connection, path, dialect, table.header, cells, skip)
    return None if rows is None else replace(table, rows_read=rows + table.rows_skipped)
