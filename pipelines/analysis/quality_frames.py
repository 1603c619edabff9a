"""How far the figures can be trusted, as frames: files, rows refused, checks, restatements, runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.analysis.frames import table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from pandas import DataFrame


def files(connection: DuckDBPyConnection) -> DataFrame:
    """Return one row a reading of a file: rows and amounts read, loaded, quarantined, superseded, skipped.

    `rows_unexplained` is what was read less all of these; it is 0.
    """
    frame = table(
        connection,
        "select file_name, source_part, kind, rows_read, rows_loaded, rows_quarantined, rows_superseded, rows_skipped, "
        "rows_read - rows_loaded - rows_quarantined - rows_superseded - rows_skipped as rows_unexplained, "
        "amount_read, amount_quarantined, loaded_at from ops.files order by file_no",
    )
    frame.attrs["kind"] = "files"
    return frame


def quarantine(connection: DuckDBPyConnection) -> DataFrame:
    """Return the rows that are not trusted: file, part, row, column, value found, what was expected, reason."""
    return table(
        connection,
        "select file_name, source_part, source_row, kind, column_name, found, expected, expected_zh, reason_code, "
        "reason_zh, reason_en, amount, currency from ops.quarantine where status = 'open' "
        "order by file_no, source_row, column_name",
    )


def checks(connection: DuckDBPyConnection) -> DataFrame:
    """Return the reconciliations of the run that is open, as its record holds them."""
    frame = table(connection, "select * from ops.reconciliations order by all")
    frame.attrs["kind"] = "checks"
    return frame


def restatements(connection: DuckDBPyConnection) -> DataFrame:
    """Return the figures of closed periods that changed since they were last published: old, new, why."""
    return table(
        connection,
        "select run_id, previous_run_id, metric, grain, period_start, old_value, new_value, cause "
        "from ops.restatements order by run_id desc, metric, grain, period_start",
    )


def runs(connection: DuckDBPyConnection) -> DataFrame:
    """Return the runs that the publication knows, newest first, with as_of and known_at: the two clocks."""
    return table(
        connection,
        "select run_id, status, as_of, known_at, files, rows_read, rows_quarantined, seconds "
        "from ops.runs order by started_at desc",
    )
