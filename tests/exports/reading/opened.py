"""Open bytes as an export and read back what its relations hold."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines import warehouse
from pipelines.errors import UnreadableExport
from pipelines.exports.reading import TextTable, open_tables


@dataclass(frozen=True)
class Opened:
    """A table and its rows, each with its source row."""

    table: TextTable
    rows: list[tuple[str | None, ...]]
    source_rows: list[int]


def open_bytes(folder: Path, data: bytes | str, name: str = "export.csv") -> list[Opened]:
    """Write the bytes to a file, open it, check the table's own accounts, and return what it holds."""
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return [_read(table) for table in open_tables(path, folder / "work")]


def open_one(folder: Path, data: bytes | str, name: str = "export.csv") -> Opened:
    """Open an export that holds exactly one table."""
    (opened,) = open_bytes(folder, data, name)
    return opened


def refusal(folder: Path, data: bytes | str, name: str = "export.csv") -> UnreadableExport:
    """Open an export that must be refused, and return the refusal, which must say all that a user needs."""
    with pytest.raises(UnreadableExport) as caught:
        open_bytes(folder, data, name)
    error = caught.value
    assert name in error.where
    assert error.found
    assert error.expected
    assert error.next_step
    return error


def _read(table: TextTable) -> Opened:
    with warehouse.connect() as connection:
        result = connection.execute(f"select * from {table.relation}")
        names = tuple(column[0] for column in result.description or ())
        types = {str(column[1]) for column in (result.description or ())[: len(table.header)]}
        rows = result.fetchall()
    assert names == table.header + ((table.row_column,) if table.row_column else ())
    assert types <= {"VARCHAR", "STRING"}
    assert table.rows_read == len(rows) + table.rows_skipped
    assert len(table.sample) == min(len(rows), 200) or table.misfits
    if table.row_column:
        return Opened(table, [row[:-1] for row in rows], [row[-1] for row in rows])
    return Opened(table, rows, list(range(table.first_row, table.first_row + len(rows))))
