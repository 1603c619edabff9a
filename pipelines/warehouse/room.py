"""Tell that disk or memory is too small before the work starts, where it can be known."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from pipelines.errors import SalesdeskError

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection

_MEGABYTE = 1_000_000
# Below this not even 20,000 orders can be checked and joined.
_LEAST_MEMORY = 256


def require(folder: Path, needed: int, what: str) -> None:
    """Make sure that `needed` bytes, the least that `what` can take, are free where `folder` is.

    Raises SalesdeskError when they are not.
    """
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise SalesdeskError(
            "There is too little disk space for this run",
            where=str(folder),
            found=f"{free / _MEGABYTE:,.0f} MB free",
            expected=f"at least {needed / _MEGABYTE:,.0f} MB, for {what}",
            next_step="free some space, or choose another --home; nothing was changed",
        )


def require_memory(connection: DuckDBPyConnection) -> None:
    """Make sure that DuckDB may use the least memory that any run takes.

    Raises SalesdeskError when the limit, set or taken from the machine, is lower.
    """
    row = connection.execute(
        "select (parse_formatted_bytes(current_setting('memory_limit')) / 1e6)::bigint"
    ).fetchone()
    allowed = row[0] if row else 0
    if allowed < _LEAST_MEMORY:
        raise SalesdeskError(
            "There is too little memory for this run",
            found=f"{allowed:,} MB for DuckDB",
            expected=f"at least {_LEAST_MEMORY} MB; what does not fit is spilled to disk",
            next_step="raise the setting memory_limit, or leave it empty on a machine with more memory",
        )
