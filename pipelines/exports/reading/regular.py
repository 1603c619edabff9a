"""Prove that a whole text file is regular, so that DuckDB can read it in place."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from pipelines.exports.reading.encodings import chunks
from pipelines.exports.reading.tables import quoted_name, quoted_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from pipelines.exports.reading.records import Dialect

# Above this size guarded codes are looked for in blocks spread over the file, not in every byte.
_FULL_SCAN = 64 << 20
_BLOCK, _BLOCKS = 1 << 20, 24
_TOTALS = r"([合小总總累共]\s*[计計]|(?i:\btotals?))\W*$"


def relation(path: Path, dialect: Dialect, names: Sequence[str], skip: int) -> str:
    """Return the relation that reads the file strictly: all text, nothing sniffed, a misfit row is an error."""
    columns = ", ".join(f"{quoted_text(name)}: 'VARCHAR'" for name in names)
    options = [
        quoted_text(str(path)),
        "auto_detect = false",
        "header = false",
        f"skip = {skip}",
        f"delim = {quoted_text(dialect.delimiter)}",
        f"quote = {quoted_text(dialect.quote)}",
        f"escape = {quoted_text(dialect.escape)}",
        f"columns = {{{columns}}}",
        "null_padding = false",
        "strict_mode = true",
    ]
    return f"read_csv({', '.join(options)})"


def rows(
    connection: DuckDBPyConnection,
    path: Path,
    dialect: Dialect,
    names: Sequence[str],
    header: Sequence[str],
    skip: int,
) -> int | None:
    """Return how many rows the file holds when every one is a plain data row, else None.

    Plain: as many fields as the header, well-formed quotes, no blank line, no blank row, no total, no repeated header,
    no guarded code. The whole file is looked at, by DuckDB and by byte search.
    """
    import duckdb

    if has_guarded_codes(path, dialect.delimiter):
        return None
    first = [quoted_name(name) for name in names[:4]]
    label = f"coalesce({', '.join(first[:3])})"
    repeats = " and ".join(
        f"{column} = {quoted_text(cell)}" for column, cell in zip(first, header, strict=False) if cell.strip()
    )
    query = f"""
        select
            count(*),
            count_if({" and ".join(f"{column} is null" for column in first)}),
            count_if(regexp_matches({label}, {quoted_text(_TOTALS)})),
            count_if({repeats or "false"}),
        from {relation(path, dialect, names, skip)}
    """
    try:
        found = connection.execute(query).fetchone()
    except (duckdb.Error, UnicodeError):
        # A message that quotes half a character cannot even be shown: DuckDB's error is then a UnicodeError.
        return None
    if found is None or any(found[1:]):
        return None
    return int(found[0]) if not _has_blank_lines(path, skip + int(found[0])) else None


def has_guarded_codes(path: Path, delimiter: str) -> bool:
    """Tell whether a code is guarded as text (="…" or a leading apostrophe) anywhere it was looked for."""
    separator = delimiter.encode()
    marks = (b'="', separator + b"'", separator + b"\"'", b"\n'", b"\n\"'")
    pieces = chunks(path) if path.stat().st_size <= _FULL_SCAN else _blocks(path)
    return any(mark in piece for piece in pieces for mark in marks)


def _blocks(path: Path) -> list[bytes]:
    step = max(path.stat().st_size - _BLOCK, 1) // (_BLOCKS - 1)
    pieces = []
    with path.open("rb") as stream:
        for number in range(_BLOCKS):
            stream.seek(number * step)
            pieces.append(stream.read(_BLOCK))
    return pieces


def sound_line_count(path: Path) -> int | None:
    """Return how many lines a file has, or None when it is not UTF-8 to its end or holds a NUL byte."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    lines, last = 0, b"\n"
    try:
        for piece in chunks(path):
            if b"\0" in piece:
                return None
            decoder.decode(piece)
            lines += piece.count(b"\n")
            last = piece[-1:]
        decoder.decode(b"", final=True)
    except UnicodeError:
        return None
    return lines + (last != b"\n")


def line_count(path: Path) -> int:
    """Return how many lines the file has, by line feeds; the last may lack one."""
    lines, last = 0, b"\n"
    for piece in chunks(path):
        lines += piece.count(b"\n")
        last = piece[-1:]
    return lines + (last != b"\n")


def _has_blank_lines(path: Path, expected: int) -> bool:
    """Tell whether a blank line stands among the rows; line breaks in quoted fields are the other reason for more."""
    if line_count(path) == expected:
        return False
    returns = any(b"\r" in piece for piece in chunks(path))
    tail = b""
    marks = (b"\n\n", b"\n\r\n", b"\r\r") if returns else (b"\n\n",)
    for piece in chunks(path):
        joined = tail + piece
        if any(mark in joined for mark in marks):
            return True
        tail = joined[-2:]
    return False
