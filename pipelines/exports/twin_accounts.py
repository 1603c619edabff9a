"""Account for what a table gave: the rows of its twin, or that it was left out."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import SalesdeskError
from pipelines.exports.declarations import Kind, Words
from pipelines.exports.landing import LandedFile
from pipelines.exports.mapping import Mapping
from pipelines.exports.readings import Reading
from pipelines.exports.sql_text import literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.exports.reading import TextTable

HIDDEN = Words(
    "隐藏的工作表，未读取；取消隐藏后再载入即会读取",
    "a hidden sheet: left out; unhide it and load it again to have it read",
)
HIDDEN_AND_READ = Words(
    "隐藏的工作表，因可见的工作表中没有导出而读取",
    "a hidden sheet: read, since no sheet that shows is an export",
)


def notes(table: TextTable) -> tuple[Words, ...]:
    """Return what is to be told of a table that is read."""
    return (HIDDEN_AND_READ, *table.notes) if table.is_hidden else table.notes


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


def _why_left_out(table: TextTable, mapping: Mapping | None) -> Words:
    if mapping:
        told = mapping.leaves_out
        return Words(f"已知，不取：{told.zh}", f"known, and left out: {told.en}")
    if table.is_hidden:
        return HIDDEN
    return Words("不是已知的导出，未读取", "not an export that is known: left out")


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
        notes=(*table.notes, _why_left_out(table, mapping)),
    )
