"""Open SQLite databases: each table that has rows, as text."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import quote

from pipelines.errors import UnreadableExport
from pipelines.exports.reading.spreadsheets import number_text
from pipelines.exports.reading.tables import ROW_COLUMN, SAMPLE_ROWS, TextTable, header_names, quoted_name
from pipelines.exports.reading.writing import TextWriter, parquet_relation

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.exports.reading.workspace import Workspace

_MAX_TABLES = 500


def open_database(path: Path, where: str, workspace: Workspace) -> list[TextTable]:
    """Return one table per SQLite table that holds rows, in order of name; views are not run.

    Rows count in the order SQLite gives them. Raises UnreadableExport when the file is damaged or has no such table.
    """
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)) as database:
            database.text_factory = _text
            found = database.execute(
                "select name from sqlite_master where type = 'table' and substr(name, 1, 7) <> 'sqlite_' order by name"
            ).fetchmany(_MAX_TABLES)
            tables = [_table(database, str(name), where, workspace) for (name,) in found]
    except (sqlite3.Error, UnicodeError, OverflowError) as error:
        raise UnreadableExport(
            "The SQLite file is damaged or locked.",
            where=where,
            found=str(error),
            expected="a database that reads to its end",
            next_step="Copy it again while no program writes to it.",
        ) from error
    kept = [table for table in tables if table.rows_read]
    if not kept:
        raise UnreadableExport(
            "The SQLite file has no table with rows.",
            where=where,
            found=f"{len(tables)} tables, all empty" if tables else "no table",
            expected="at least one table of documents",
            next_step="Check that it is the right database.",
        )
    return kept


def _text(value: bytes) -> str:
    """Read stored text; what is not UTF-8 shows its damage instead of stopping the table."""
    return value.decode("utf-8", "replace")


def _table(database: sqlite3.Connection, name: str, where: str, workspace: Workspace) -> TextTable:
    cursor = database.execute(f"select * from {quoted_name(name)}")
    names = header_names([str(column[0]) for column in cursor.description], f"{where}, {name}")
    target = workspace.new_file(".parquet")
    sample: list[tuple[str, ...]] = []
    with TextWriter(target, names) as writer:
        for number, row in enumerate(_rows(cursor), 1):
            writer.add(number, row)
            if number <= SAMPLE_ROWS:
                sample.append(tuple(row))
    return TextTable(
        part=name,
        header=names,
        sample=tuple(sample),
        relation=parquet_relation(target, names),
        first_row=1,
        row_column=ROW_COLUMN,
        rows_read=writer.written,
        rows_skipped=0,
        skipped=(),
        encoding="sqlite",
        notes=(),
    )


def _rows(cursor: sqlite3.Cursor) -> Iterator[list[str]]:
    for row in cursor:
        yield [_cell(value) for value in row]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bytes):
        return f"(binary, {len(value)} bytes)"
    if isinstance(value, (int, float)):
        return number_text(value)
    return str(value).strip()
