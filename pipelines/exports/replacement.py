"""Documents are replaced whole: the newest file that holds one gives all its rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipelines.exports import relations
from pipelines.exports.declarations import kinds
from pipelines.exports.numbering import Numbered
from pipelines.exports.sql_text import literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def find_superseded(connection: DuckDBPyConnection, current: Sequence[Numbered]) -> None:
    """Fill `raw.superseded` (kind, file_no, document): one row per document of a reading that a later file replaces.

    Also `raw.successors` (kind, rank, document, by_rank): the first later file that holds a document again, which
    closes what was wrong with it. `raw.superseded_rows` is left empty for those who build the kinds. Parts of one file
    never replace each other. The kinds of a family replace each other as a whole or in parts: a later orders file takes
    the place of earlier header and line files, and back.
    """
    connection.execute(
        "create or replace table raw.superseded (kind varchar, file_no integer, document varchar)"
    )
    connection.execute(
        "create or replace table raw.successors (kind varchar, rank integer, document varchar, by_rank integer)"
    )
    connection.execute("create or replace table raw.superseded_rows (file_no integer, row_count bigint)")
    families: dict[str, list[Numbered]] = {}
    for one in current:
        families.setdefault(one.kind.family, []).append(one)
    for family in families.values():
        if len({one.rank for one in family}) > 1 and not _are_one_set(family):
            _compare(connection, family)


def _are_one_set(family: Sequence[Numbered]) -> bool:
    """Whether no two files hold the same kind, nor both sides: then nothing can be replaced."""
    kinds_given = [one.reading.kind for one in family]
    sides = {one.kind.side for one in family}
    return len(sides) == 1 and len(set(kinds_given)) == len({(one.reading.kind, one.rank) for one in family})


def _compare(connection: DuckDBPyConnection, family: Sequence[Numbered]) -> None:
    by_kind: dict[str, list[Numbered]] = {}
    for one in family:
        by_kind.setdefault(one.reading.kind, []).append(one)
    held = " union all ".join(_held(kind, ones) for kind, ones in sorted(by_kind.items()))
    connection.execute(f"create or replace temp table held as {held}")
    connection.execute(
        """
        create or replace temp table repeated as
        select document
        from held
        group by document
        having min(rank) < max(rank)
        """
    )
    connection.execute(_SUPERSEDED)
    connection.execute(_SUCCESSORS)


_SUPERSEDED = """
    insert into raw.superseded
    with versions as (
        select
            held.*,
            max(held.rank) over (partition by held.kind, held.document) as newest_of_kind,
            max(held.rank) over (partition by held.side, held.document) as newest_of_side,
            max(held.rank) over (partition by held.document) as newest
        from held
        semi join repeated on held.document = repeated.document
    )

    select
        kind,
        file_no,
        document
    from versions
    where rank < newest_of_kind or newest_of_side < newest
"""

_SUCCESSORS = """
    insert into raw.successors
    select
        earlier.kind,
        earlier.rank,
        earlier.document,
        min(later.rank) as by_rank
    from (select distinct kind, rank, document from held semi join repeated on held.document = repeated.document)
        as earlier
    inner join held as later
        on earlier.document = later.document and earlier.kind = later.kind and earlier.rank < later.rank
    group by all
"""


def _held(kind_name: str, ones: Sequence[Numbered]) -> str:
    """Return the documents each reading holds, also in rows with faults: a faulty file still replaces them."""
    kind = kinds()[kind_name]
    columns = [*relations.document_columns(kind, ones), "_skipped"]
    return f"""
        select distinct
            {literal(kind_name)} as kind,
            {literal(kind.side)} as side,
            file_no,
            rank,
            {relations.document(kind, ones)} as document
        from ({relations.rows(ones, columns)})
        where _skipped is null and document is not null
    """
