"""The verdicts of former runs, kept for their trend: of published runs and the last refused one, not without end."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from pipelines.warehouse import publication

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.warehouse import Home

log = logging.getLogger(__name__)

KEPT_RUNS = 400  # over a year of daily runs; a run's verdicts are some 350 rows
_TABLES = ("expectation_results", "reconciliations")


def complete(connection: DuckDBPyConnection, home: Home, kept_runs: int = KEPT_RUNS) -> None:
    """Add to a draft's history what the last refused run found, which no publication holds; forget the oldest runs."""
    import duckdb

    refused = publication.refused(home)
    if refused is not None:
        quoted = str(refused).replace("'", "''")
        try:
            connection.execute(f"attach '{quoted}' as refused (read_only)")
            for table in _TABLES:
                connection.execute(
                    f"insert into ops.{table} by name select * from refused.ops.{table} "
                    f"where run_id not in (select run_id from ops.{table} where run_id is not null)"
                )
        except duckdb.Error as error:
            log.warning("the checks of the last refused run are not carried on: %s", error)
        connection.execute("detach database if exists refused")
    _forget(connection, kept_runs)


def _forget(connection: DuckDBPyConnection, kept_runs: int) -> None:
    for table in reversed(_TABLES):
        connection.execute(
            f"delete from ops.{table} where run_id not in (select run_id from ops.expectation_results "
            "group by run_id order by max(checked_at) desc, run_id desc limit $kept)",
            {"kept": kept_runs},
        )
