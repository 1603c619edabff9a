"""Account for what a table gave: the rows of its twin, or that it was left out."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import SalesdeskError
from pipelines.exports.declarations import Kind
from pipelines.exports.landing import LandedFile
from pipelines.exports.mapping import Mapping
from pipelines.exports.readings import Reading
from pipelines.exports.sql_text import literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.exports.reading import TextTable


def counted(
    connection: DuckDBPyConnection, target: Path, kind: Kind, columns: Sequence[str]
) -> tuple[int, int, int, Decimal | None, Decimal | None]:
    """Count a twin's rows, and what those that could be typed are worth."""
    absent = [
        f"null::{column.sql_type} as {column.name}" for column in kind.columns if column.name not in columns
    ]
    absent += [] if "_skipped" in columns else ["null::varchar as _skipped"]
    row = connection.execute(
        f"""
        select
            count(*),
            count(*) filter (where is_clean),
            count(*) filter (where is_faulty),
            sum(worth)::decimal(38, 4),
            sum(worth) filter (where is_faulty)::decimal(38, 4)
        from (
            select
                _faults is null and _skipped is null as is_clean,
                _faults is not null as is_faulty,
                case when _skipped is null then try_cast({kind.money or "null"} as decimal(18, 4)) end as worth
            from (select {", ".join(["*", *absent])} from read_parquet({literal(str(target))}))
        )
        """
    ).fetchone()
    if row is None:
        raise SalesdeskError("A twin could not be counted", where=str(target), next_step="run again")
    return row[0], row[1], row[2], row[3], row[4]


def left_out(
    connection: DuckDBPyConnection, table: TextTable, file: LandedFile, mapping: Mapping | None
) -> Reading:
    """Account for a table that is no export, or of which its mapping takes nothing: all its rows are skipped."""
    rows = table.rows_read
    if rows is None:
        row = connection.execute(f"select count(*) from {table.relation}").fetchone()
        rows = table.rows_skipped + (int(row[0]) if row else 0)
    return Reading(
        sha256=file.sha256,
        part=table.part,
        kind="",
        source=mapping.source if mapping else "",
        origin=mapping.origin if mapping else "",
        digest="",
        twin="",
        columns=(),
        rows_read=rows,
        rows_clean=0,
        rows_quarantined=0,
        rows_skipped=rows,
        amount_read=None,
        amount_quarantined=None,
        encoding=table.encoding,
        first_row=table.first_row,
        header=table.header,
        sources={},
        document=(),
        is_snapshot=False,
        lookup_kind="",
        lookups={},
        required=(),
        notes=(
            f"known, and left out: {mapping.leaves_out.en}"
            if mapping
            else "not an export that is known: left out",
        ),
    )
