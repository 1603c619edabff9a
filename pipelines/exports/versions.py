"""`raw.order_versions`: every version of the orders that a later file held again, for what was amended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipelines.exports import relations
from pipelines.exports.declarations import kinds
from pipelines.exports.sql_text import name

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.exports.numbering import Numbered


def create(connection: DuckDBPyConnection, ones: Sequence[Numbered]) -> None:
    """Create the view `raw.order_versions` from all readings of orders, those of withdrawn snapshots too.

    One row is one source row: version (larger is known later), is_faulty, file_no, source_row, then the columns
    of orders. Empty when no order stands in two files.
    """
    kind = kinds()["orders"]
    if len({one.rank for one in ones}) < 2:
        columns = ", ".join(f"{name(column.name)} {column.sql_type}" for column in kind.columns)
        connection.execute(
            "create or replace table raw.order_versions "
            f"(version integer, is_faulty boolean, file_no integer, source_row bigint, {columns})"
        )
        return
    listed = ", ".join(f"rows.{name(column)}" for column in kind.names)
    everything = relations.rows(ones, [*kind.names, "_faults", "_skipped"])
    held = relations.rows(ones, ["order_id", "_skipped"])
    connection.execute(
        f"""
        create or replace view raw.order_versions as
        select
            rows.rank as version,
            rows._faults is not null as is_faulty,
            rows.file_no,
            rows.source_row,
            {listed}
        from ({everything}) as rows
        semi join (
            select order_id
            from ({held})
            where _skipped is null
            group by order_id
            having min(rank) < max(rank)
        ) as repeated
            on rows.order_id = repeated.order_id
        where rows._skipped is null
        """
    )
