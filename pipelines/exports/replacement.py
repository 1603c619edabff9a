"""Documents are replaced whole: the newest file that holds one gives all its rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipelines.exports import relations
from pipelines.exports.declarations import kinds
from pipelines.exports.numbering import Numbered
from pipelines.exports.sql_text import literal, name

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def find_superseded(connection: DuckDBPyConnection, current: Sequence[Numbered]) -> None:
    """Fill `raw.superseded` (kind, file_no, document): one row per document of a reading that a later file replaces.

    Also `raw.successors` (kind, rank, document, by_rank): the first later file that holds a document again, which
    closes what was wrong with it. `raw.superseded_rows` is left empty for those who build the kinds. Parts of one file
    never replace each other, but a document that stands alike in two of them, a month's sheet and the year's, counts
    once: `raw.repeats` (kind, file_no, document) names the further ones, which are superseded too. The kinds of a
    family replace each other as a whole or in parts: a later orders file takes the place of earlier header and line
    files, and back.
    """
    connection.execute(
        "create or replace table raw.superseded (kind varchar, file_no integer, document varchar)"
    )
    connection.execute(
        "create or replace table raw.successors (kind varchar, rank integer, document varchar, by_rank integer)"
    )
    connection.execute("create or replace table raw.superseded_rows (file_no integer, row_count bigint)")
    connection.execute(
        "create or replace table raw.repeats (kind varchar, file_no integer, document varchar)"
    )
    families: dict[str, list[Numbered]] = {}
    for one in current:
        families.setdefault(one.kind.family, []).append(one)
    for family in families.values():
        if len({one.rank for one in family}) > 1 and not _are_one_set(family):
            _compare(connection, family)
    _find_repeats(connection, current)


def _find_repeats(connection: DuckDBPyConnection, current: Sequence[Numbered]) -> None:
    groups: dict[tuple[int, str], list[Numbered]] = {}
    for one in current:
        groups.setdefault((one.rank, one.reading.kind), []).append(one)
    for (_, kind_name), ones in groups.items():
        shared = _shared(ones)
        if shared and len({one.reading.part for one in ones}) > 1:
            connection.execute(f"insert into raw.repeats {_repeats(kind_name, ones, shared)}")
    connection.execute("insert into raw.superseded from raw.repeats except from raw.superseded")


def _shared(ones: Sequence[Numbered]) -> list[str]:
    """Return the columns that all parts have; none where the parts tell what a row is worth in different columns."""
    kind = ones[0].kind
    shared = [ours for ours in kind.names if all(ours in one.reading.columns for one in ones)]
    is_comparable = not kind.one_of or any(set(group) <= set(shared) for group in kind.one_of)
    return shared if is_comparable else []


def _repeats(kind_name: str, ones: Sequence[Numbered], shared: Sequence[str]) -> str:
    """Return the query of documents that an earlier part of the same file holds in the same rows."""
    kind = kinds()[kind_name]
    columns = list(dict.fromkeys([*shared, *relations.document_columns(kind, ones), "_skipped"]))
    parts = list(dict.fromkeys(one.reading.part for one in ones))
    part_no = " ".join(f"when {one.file_no} then {parts.index(one.reading.part)}" for one in ones)
    return f"""
        with held as (
            select
                file_no,
                case file_no {part_no} end as part_no,
                {relations.document(kind, ones)} as document,
                hash({", ".join(map(name, shared))})::hugeint as content
            from ({relations.rows(ones, columns)})
            where _skipped is null
        ),

        repeated as (
            select part_no, document
            from held
            where document is not null
            group by part_no, document
            qualify row_number() over (partition by document, count(*), sum(content) order by part_no) > 1
        )

        select distinct {literal(kind_name)} as kind, file_no, document
        from held
        semi join repeated on held.part_no = repeated.part_no and held.document = repeated.document
    """


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
