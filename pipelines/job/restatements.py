"""What a publication says differently of periods that were closed before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines import resources
from pipelines.job import record
from pipelines.warehouse import publication

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.job.run import Job


def write(job: Job) -> None:
    """Write down each figure of a closed period that differs from the former publication's."""
    former = publication.published(job.home)
    if former is None or job.is_former_lost:
        return
    connection = job.open_draft
    record.attach_former(connection, former)
    # the first release declared its metrics without a table of them
    declared = (
        "former.metrics.definitions" if _has_definitions(connection) else "metrics.definitions where false"
    )
    connection.execute(f"create temp view former_definitions as from {declared}")
    statement = f"insert into ops.restatements by name {resources.run_sql('restatements')}"
    connection.execute(statement, {"run_id": job.request.run_id})
    connection.execute("drop view former_definitions")
    connection.execute("detach former")


def _has_definitions(connection: DuckDBPyConnection) -> bool:
    row = connection.execute(
        "select count(*) from duckdb_tables() "
        "where database_name = 'former' and schema_name = 'metrics' and table_name = 'definitions'"
    ).fetchone()
    return row != (0,)
