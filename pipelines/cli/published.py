"""The published file, opened to be asked, and what the process can do without meanwhile."""

from __future__ import annotations

import atexit
import gc
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipelines.errors import NothingPublished, SalesdeskError
from pipelines.this_process import bar

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from duckdb import DuckDBPyConnection

# Commands that ask the published file, and show what they find without pandas; and those that make it.
WITHOUT_PANDAS = frozenset(
    {
        "aging",
        "build",
        "contracts",
        "demo",
        "drafts",
        "drivers",
        "forecast",
        "ingest",
        "invoices",
        "metric",
        "metrics",
        "notes",
        "quarantine",
        "receivables",
        "reconcile",
        "report",
        "retention",
        "run",
        "statement",
        "trace",
        "validate",
        "watch",
        "worklist",
    }
)


# Objects made before Python looks for circles among the young ones; 700 by itself, thousands of times a run.
_YOUNG = 50_000


def spare(arguments: Sequence[str]) -> None:
    """Keep out of a process what it has no use for: pandas, and most rounds of the garbage collector.

    DuckDB imports pandas as soon as a parameter is bound, which takes longer than most answers and a tenth of a small
    company's run; no such command hands DuckDB a frame. At the end the memory goes back as a whole.
    """
    gc.set_threshold(_YOUNG)
    atexit.register(gc.freeze)
    if arguments and arguments[0] in WITHOUT_PANDAS:
        bar("pandas")


def opened(home: Path) -> DuckDBPyConnection:
    """Open the published file read-only. Raises what `warehouse.read` raises."""
    from pipelines.warehouse import read

    return read(home)


def as_of(connection: DuckDBPyConnection) -> date:
    """Return the as-of date of the publication that is open."""
    row = connection.execute(
        "select as_of from ops.runs where status = 'published' order by started_at desc limit 1"
    ).fetchone()
    if row is None:
        raise NothingPublished(
            "The published file holds no run of its own", next_step="run: salesdesk build --full"
        )
    found: date = row[0]
    return found


def database_errors() -> tuple[type[Exception], ...]:
    """Return DuckDB's own errors, when DuckDB is loaded: nothing else could have raised one."""
    duckdb = sys.modules.get("duckdb")
    return (duckdb.Error,) if duckdb is not None else ()


def as_told(error: Exception) -> SalesdeskError:
    """Say a database's error as one of ours: the file is damaged, or not one that this version wrote."""
    return SalesdeskError(
        "The database cannot answer",
        found=str(error).strip().splitlines()[0],
        expected="a published file that this version of salesdesk wrote, undamaged",
        next_step="look with `salesdesk doctor`; `salesdesk build --full` makes the file again from the landing",
    )
