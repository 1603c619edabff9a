"""Open the published file, and say what is open."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipelines import settings, warehouse
from pipelines.analysis.frames import table
from pipelines.errors import NothingPublished

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from pandas import DataFrame


def read(home: Path | str | None = None, run_id: str | None = None) -> DuckDBPyConnection:
    """Open the published file read-only: it blocks no run, and no run changes what it answers.

    `home` is by default what SALESDESK_HOME or the settings say. `refresh` turns to a newer publication; `run_id` pins
    one of the kept snapshots, so that a notebook gives the same answer tomorrow. Raises NothingPublished when there is
    none, or when that run's snapshot is no longer kept.
    """
    place = settings.load({"home": home}).home
    try:
        return warehouse.read(place, run_id)
    except NothingPublished as error:
        if run_id is not None:
            raise
        raise NothingPublished(
            error.what,
            where=str(place.resolve()),
            expected="a HOME that a run has published to",
            hint="name it: read(home=…), or the variable SALESDESK_HOME",
            next_step=error.next_step,
        ) from error


def refresh(connection: DuckDBPyConnection, home: Path | str | None = None) -> DuckDBPyConnection:
    """Return the connection when it still shows the newest publication, else close it and open the newest.

    `home` as for `read`. Raises NothingPublished as `read` does; the connection then stays open.
    """
    newest = read(home)
    if _file_of(newest) == _file_of(connection):
        newest.close()
        return connection
    connection.close()
    return newest


def _file_of(connection: DuckDBPyConnection) -> str | None:
    row = connection.execute(
        "select path from duckdb_databases() where database_name = current_database()"
    ).fetchone()
    return row[0] if row else None


def about(connection: DuckDBPyConnection) -> DataFrame:
    """Return one row: the run that is open, its as_of and known_at, currency, files and rows read and refused."""
    return table(
        connection,
        "select run_id, as_of, known_at, base_currency, files, rows_read, rows_quarantined, started_at from ops.runs "
        "where status = 'published' order by started_at desc limit 1",
    )
