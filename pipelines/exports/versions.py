"""`raw.order_versions`: every version of the orders that a later file held again, for what was amended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipelines.exports import relations
from pipelines.exports.declarations import kinds
from pipelines.exports.sql_text import literal, name

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.exports.numbering import Numbered

KINDS = ("orders", "order_headers", "order_lines")
_PLACES = {
    "version": "integer",
    "is_faulty": "boolean",
    "file_no": "integer",
    "source_row": "bigint",
    "header_file_no": "integer",
    "header_source_row": "bigint",
}


def columns() -> str:
    """Return the columns of `raw.order_versions` with their types: where a row stands, then the columns of orders."""
    own = {name(column.name): column.sql_type for column in kinds()["orders"].columns}
    return ", ".join(f"{column} {sql_type}" for column, sql_type in (_PLACES | own).items())


def create(connection: DuckDBPyConnection, ones: Sequence[Numbered]) -> None:
    """Create the view `raw.order_versions` from all readings of orders, those of withdrawn snapshots too.

    One row is one line of one version (larger is known later), with the place of the line and that of its order's
    header. An order exported as headers and lines has a version whenever either came again: each line known by then,
    beside the header known by then. Empty when no order stands in two files.
    """
    by_kind = {kind: [one for one in ones if one.reading.kind == kind] for kind in KINDS}
    whole, headers, lines = (by_kind[kind] for kind in KINDS)
    parts = []
    if whole:
        parts.append(_whole(whole))
    if headers and lines and len(ones) > 2:
        parts.append(_put_together(headers, lines, whole))
    if not parts or len({one.rank for one in ones}) < 2:
        connection.execute(f"create or replace table raw.order_versions ({columns()})")
        return
    everything = " union all by name ".join(parts)
    connection.execute(
        f"""
        create or replace view raw.order_versions as
        with everything as not materialized ({everything})
        select everything.*
        from everything
        semi join (
            select order_id
            from everything
            group by order_id
            having min(version) < max(version)
        ) as repeated
            on everything.order_id = repeated.order_id
        """
    )


def _whole(ones: Sequence[Numbered]) -> str:
    """Return the query of the versions of orders that one file holds whole: its lines with the header on each."""
    names = kinds()["orders"].names
    found = _once(ones, [*names, "_faults", "_skipped"])
    listed = ", ".join(name(column) for column in names)
    return f"""
        select
            rank as version,
            _faults is not null as is_faulty,
            file_no,
            source_row,
            file_no as header_file_no,
            source_row as header_source_row,
            {listed}
        from ({found})
        where _skipped is null
    """


def _put_together(headers: Sequence[Numbered], lines: Sequence[Numbered], whole: Sequence[Numbered]) -> str:
    """Return the query of the versions of orders exported as headers and lines.

    Left out: orders that came once, as one header and its lines, unless a file holds them whole too.
    """
    held = {kind: set(kinds()[kind].names) for kind in KINDS[1:]}
    listed = []
    for column in kinds()["orders"].columns:
        sides = [
            f"{side}.{name(column.name)}"
            for side, kind in (("headers", "order_headers"), ("lines", "order_lines"))
            if column.name in held[kind]
        ]
        found = f"coalesce({', '.join(sides)})" if sides else "null"
        listed.append(f"{found}::{column.sql_type} as {name(column.name)}")
    also = f"union select order_id from ({relations.rows(whole, ['order_id'])})" if whole else ""
    return f"""
        select
            times.rank as version,
            headers._faults is not null or lines._faults is not null as is_faulty,
            lines.file_no,
            lines.source_row,
            headers.file_no as header_file_no,
            headers.source_row as header_source_row,
            {", ".join(listed)}
        from ({_times(headers, lines, also)}) as times
        inner join ({_known(headers)} qualify row_number() over (
            partition by order_id, rank order by source_row desc
        ) = 1) as headers
            on times.order_id = headers.order_id and times.header_rank = headers.rank
        inner join ({_known(lines)}) as lines
            on times.order_id = lines.order_id and times.lines_rank = lines.rank
    """


def _times(headers: Sequence[Numbered], lines: Sequence[Numbered], also: str) -> str:
    """Return the query of the files that changed each order, with the header and the lines that held from each on."""
    return f"""
        select
            order_id,
            rank,
            max(header_rank) over so_far as header_rank,
            max(lines_rank) over so_far as lines_rank
        from (
            select order_id, rank, max(header_rank) as header_rank, max(lines_rank) as lines_rank
            from (
                select order_id, rank, rank as header_rank, null as lines_rank from ({_known(headers)})
                union all
                select order_id, rank, null, rank from ({_known(lines)})
            )
            where order_id is not null
            group by order_id, rank
        )
        window so_far as (partition by order_id order by rank rows unbounded preceding)
        qualify count(*) over (partition by order_id) > 2
            or order_id in (select null::varchar {also})
    """


def _known(ones: Sequence[Numbered]) -> str:
    """Return the query of the rows of readings that are documents."""
    found = _once(ones, [*kinds()[ones[0].reading.kind].names, "_faults", "_skipped"])
    return f"select * from ({found}) where _skipped is null"


def _once(ones: Sequence[Numbered], columns: Sequence[str]) -> str:
    """Return the query of the rows of readings, without documents that stand alike in an earlier part of their file."""
    found = relations.rows(ones, columns)
    if len({(one.rank, one.reading.part) for one in ones}) == len({one.rank for one in ones}):
        return found
    kind = ones[0].kind
    return f"""
        select found.* exclude (_document)
        from (select *, {relations.document(kind, ones)} as _document from ({found})) as found
        anti join (select file_no, document from raw.repeats where kind = {literal(kind.name)}) as repeats
            on found.file_no = repeats.file_no and found._document = repeats.document
    """
