"""What a build would change: models and metrics beside those of the publication that stands. Nothing is published."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pipelines import resources
from pipelines.errors import NothingPublished
from pipelines.job import record
from pipelines.job.run import opened
from pipelines.warehouse import publication

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.job.run import Request, Watcher

_SCHEMAS = ("staging", "marts")
_LAST_STEP = "measure"


@dataclass(frozen=True)
class Planned:
    """One model or metric that would change.

    `change`: new, gone, columns (others than before) or rows of a model; new, gone, definition (and what figures it
    moves), words (its version alone) or figures of a metric. A model's `old` and `new` count its rows and `changed`
    those that are in one of the two alone; a metric's `changed` counts the months that move, and `period_start`,
    `old` and `new` are of the month that moves most.
    """

    subject: str
    name: str
    change: str
    changed: int
    period_start: date | None
    old: Decimal | int | None
    new: Decimal | int | None


def plan(request: Request, watcher: Watcher) -> list[Planned]:
    """Build a draft of what is landed, compare it with the publication, and throw it away.

    Models in name order, then metrics. Raises NothingPublished when there is nothing to compare with.
    """
    from pipelines.job.steps import STEPS

    with opened(replace(request, full=True, until=_LAST_STEP)) as job:
        former = publication.published(job.home)
        if former is None:
            raise NothingPublished(
                "There is no publication to compare with", next_step="run: salesdesk run EXPORTS"
            )
        for step in STEPS:
            if job.is_over:
                break
            watcher.started(step)
            watcher.finished(job.take(step))
        connection = job.open_draft
        record.attach_former(connection, former)
        found = [*_models(connection), *_metrics(connection)]
        connection.execute("detach former")
    return found


def _models(connection: DuckDBPyConnection) -> list[Planned]:
    before, after = _columns(connection, "former"), _columns(connection, "draft")
    found = []
    for name in sorted(before.keys() | after.keys()):
        if name not in after:
            found.append(_model(name, "gone", 0, _rows(connection, f"former.{name}"), None))
        elif name not in before:
            found.append(_model(name, "new", 0, None, _rows(connection, name)))
        else:
            found += _moved_rows(connection, name, before[name], after[name])
    return found


def _model(name: str, change: str, changed: int, old: int | None, new: int | None) -> Planned:
    return Planned("model", name, change, changed, None, old, new)


def _columns(connection: DuckDBPyConnection, side: str) -> dict[str, list[str]]:
    """Return the columns of every model of the publication (`former`) or of the draft, by `schema.table`."""
    database = "= 'former'" if side == "former" else "= current_database()"
    rows = connection.execute(
        "select schema_name || '.' || table_name, list(column_name order by column_name) from duckdb_columns() "
        f"where database_name {database} and schema_name in {_SCHEMAS} group by all"
    ).fetchall()
    return dict(rows)


def _moved_rows(
    connection: DuckDBPyConnection, name: str, before: list[str], after: list[str]
) -> list[Planned]:
    """Compare the rows of a model by the columns that both have; no entry when they are the same."""
    shared = ", ".join(f'"{column}"' for column in before if column in after)
    old, new = _rows(connection, f"former.{name}"), _rows(connection, name)
    changed = 0
    if _digest(connection, f"former.{name}", shared) != _digest(connection, name, shared):
        counted = "select hash({columns}) as row_hash, count(*) as row_count from {table} group by row_hash"
        row: Any = connection.execute(
            "select sum(abs(coalesce(former_rows.row_count, 0) - coalesce(draft_rows.row_count, 0)))::bigint "
            f"from ({counted.format(columns=shared, table=f'former.{name}')}) as former_rows "
            f"full join ({counted.format(columns=shared, table=name)}) as draft_rows using (row_hash)"
        ).fetchone()
        changed = row[0]
    if before != after:
        return [_model(name, "columns", changed, old, new)]
    return [_model(name, "rows", changed, old, new)] if changed else []


def _rows(connection: DuckDBPyConnection, table: str) -> int:
    row = connection.execute(f"select count(*) from {table}").fetchone()
    return int(row[0]) if row else 0


def _digest(connection: DuckDBPyConnection, table: str, columns: str) -> Any:
    return connection.execute(f"select count(*), sum(hash({columns})::hugeint) from {table}").fetchone()


def _metrics(connection: DuckDBPyConnection) -> list[Planned]:
    """Return every metric whose definition or monthly total would change, with the month that moves most."""
    query = resources.run_sql("planned_metrics")
    return [Planned("metric", *row) for row in connection.execute(query).fetchall()]
