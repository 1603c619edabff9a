"""The only place where DuckDB is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection

# The format of the files we write: text as DuckDB compresses it since 1.3 takes a third less work than the two
# older ways that it tries otherwise. An older DuckDB cannot open them.
_FORMAT = "v1.3.0"
# Bytes of memory that work on a small database may take, and on a large one at the least: with less it slows down or
# ends, with more it only keeps in memory what lies on the disk.
ENOUGH_MEMORY = 2_500_000_000


def connect(
    path: Path | None = None,
    *,
    read_only: bool = False,
    memory_limit: str | None = None,
    most_memory: int | None = None,
    spill_folder: Path | None = None,
    is_small: bool = False,
    is_draft: bool = False,
) -> DuckDBPyConnection:
    """Open a DuckDB database: a file, or one in memory when no path is given.

    Never downloads an extension. `memory_limit` is DuckDB's own notation, such as `2GB`; what does not fit is
    spilled to `spill_folder`. Without one, `most_memory` bytes lower DuckDB's default, four fifths of the machine.
    Where the work `is_small`, DuckDB keeps to one thread: sharing a few megabytes among more costs more than it
    saves. A draft is whole once its connection is closed or has been told `checkpoint`, not before.
    """
    import duckdb

    options: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    if path and not read_only and not is_draft:
        options["storage_compatibility_version"] = _FORMAT
    if memory_limit:
        options["memory_limit"] = memory_limit
    if spill_folder:
        options["temp_directory"] = str(spill_folder)
    at_first = str(path) if path and not is_draft else ":memory:"
    connection = duckdb.connect(at_first, read_only=read_only, config=options)
    _silence(connection)
    if path and is_draft:
        _attach_draft(connection, path)
    if most_memory and not memory_limit:
        _lower_memory(connection, most_memory)
    if is_small:
        # told now, not as an option: a second connection to the same file must not differ in its options
        connection.execute("set threads = 1")
    return connection


def beside(connection: DuckDBPyConnection) -> DuckDBPyConnection:
    """Return a second connection to the database that is open, for work in another thread."""
    cursor = connection.cursor()
    _silence(cursor)
    row = connection.execute("select current_database()").fetchone()
    cursor.execute(f'use "{row[0] if row else "memory"}"')
    return cursor


def _attach_draft(connection: DuckDBPyConnection, path: Path) -> None:
    """Open a file that is thrown away unless it is finished: with no log beside it, to wait for at every statement."""
    place = str(path).replace("'", "''")
    connection.execute(
        f"attach '{place}' as draft (recovery_mode 'no_wal_writes', storage_version '{_FORMAT}')"
    )
    connection.execute("use draft")


def _silence(connection: DuckDBPyConnection) -> None:
    """Switch DuckDB's own progress bar off: our lines tell the progress.

    Where it is off already, as in Jupyter, DuckDB refuses even to be told so.
    """
    if connection.execute("select current_setting('enable_progress_bar')").fetchone() == (True,):
        connection.execute("set enable_progress_bar = false")


def _lower_memory(connection: DuckDBPyConnection, most: int) -> None:
    """Keep DuckDB to `most` bytes where it would take more: it fills what it may with rows it has read once."""
    row = connection.execute("select parse_formatted_bytes(current_setting('memory_limit'))").fetchone()
    if row and row[0] > most:
        connection.execute(f"set memory_limit = '{most}B'")
