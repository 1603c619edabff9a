"""`raw.<kind>`: the current rows of a kind, as a view over the typed twins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pipelines.exports import relations
from pipelines.exports.declarations import Kind, kinds
from pipelines.exports.numbering import Numbered
from pipelines.exports.sql_text import literal, name

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def create(connection: DuckDBPyConnection, kind: Kind, ones: Sequence[Numbered]) -> None:
    """Create `raw.<kind>` and, with the rows that a lookup failed for, `raw.all_<kind>` when there are lookups.

    One row is one source row that typed cleanly and whose document no later file replaces. Empty without readings.
    """
    if not ones:
        columns = ", ".join(f"{name(column.name)} {column.sql_type}" for column in kind.columns)
        connection.execute(
            f"create or replace table raw.{kind.name} (file_no integer, source_row bigint, {columns})"
        )
        return
    has_lookups = any(one.reading.lookups for one in ones)
    target = f"raw.all_{kind.name}" if has_lookups else f"raw.{kind.name}"
    connection.execute(f"create or replace view {target} as {_query(connection, kind, ones)}")
    if has_lookups:
        columns = ", ".join(map(name, ("file_no", "source_row", *kind.names)))
        connection.execute(
            f"create or replace view raw.{kind.name} as select {columns} from {target} where not _lookup_failed"
        )


def create_aliases(connection: DuckDBPyConnection) -> None:
    """Create `raw.aliases`: per source and other number of a customer, the customer it stands for.

    An alias holds for files of its own origin; one given under our own names holds for all.
    """
    connection.execute(
        """
        create or replace table raw.aliases as
        select
            origins.origin,
            aliases.alias_id,
            arg_max(aliases.customer_id, aliases.file_no) as customer_id
        from raw.customer_aliases as aliases
        inner join raw.twins as given on aliases.file_no = given.file_no
        inner join (select distinct origin from raw.twins) as origins
            on given.origin = origins.origin or given.origin = ''
        where aliases.alias_id <> aliases.customer_id
        group by all
        """
    )


def _query(connection: DuckDBPyConnection, kind: Kind, ones: Sequence[Numbered]) -> str:
    """Return the query of a kind's current rows."""
    lookup = _lookups(ones)
    inner = relations.rows(ones, [*kind.names, "_faults", "_skipped", "_lookup"])
    conditions = ["rows._faults is null", "rows._skipped is null"]
    joins = []
    if _count(connection, f"select count(*) from raw.superseded where kind = {literal(kind.name)}"):
        _count_superseded(connection, kind, ones)
        joins.append(
            f"anti join (select file_no, document from raw.superseded where kind = {literal(kind.name)}) as superseded "
            f"on rows.file_no = superseded.file_no and rows._document = superseded.document"
        )
        inner = f"select *, {relations.document(kind, ones)} as _document from ({inner})"
    aliased = kind.name != "customer_aliases" and _has_aliases(connection) and "customer_id" in kind.names
    if lookup:
        joins.append(lookup)
    values = {column: f"rows.{name(column)}" for column in kind.names}
    values |= _looked_up(ones)
    if aliased:
        joins.append(
            "left join raw.aliases as aliases "
            f"on rows.origin = aliases.origin and {values['customer_id']} = aliases.alias_id"
        )
        values["customer_id"] = f"coalesce(aliases.customer_id, {values['customer_id']})"
    selected = ", ".join(f"{value} as {name(column)}" for column, value in values.items())
    failed = f", {_failed(ones, values)} as _lookup_failed" if lookup else ""
    return f"""
        select
            rows.file_no,
            rows.source_row,
            {selected}{failed}
        from ({inner}) as rows
        {" ".join(joins)}
        where {" and ".join(conditions)}
    """


def _count_superseded(connection: DuckDBPyConnection, kind: Kind, ones: Sequence[Numbered]) -> None:
    """Count, per file, the clean rows that a later file's documents replace, for the accounts."""
    columns = [*relations.document_columns(kind, ones), "_faults", "_skipped"]
    connection.execute(
        f"""
        insert into raw.superseded_rows
        select
            rows.file_no,
            count(*) as row_count
        from (select *, {relations.document(kind, ones)} as _document from ({relations.rows(ones, columns)})) as rows
        semi join (select file_no, document from raw.superseded where kind = {literal(kind.name)}) as superseded
            on rows.file_no = superseded.file_no and rows._document = superseded.document
        where rows._faults is null and rows._skipped is null
        group by all
        """
    )


def _has_aliases(connection: DuckDBPyConnection) -> bool:
    return bool(_count(connection, "select count(*) from raw.aliases"))


def _count(connection: DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def _lookups(ones: Sequence[Numbered]) -> str:
    """Join the kind that values stand in: one row per document there, so that no row is doubled."""
    found = {one.reading.lookup_kind for one in ones if one.reading.lookups}
    if not found:
        return ""
    (other,) = found  # checked: a kind's sources look up in one other kind
    columns = sorted({column for one in ones for take in one.reading.lookups.values() for column in take})
    taken = ", ".join(f"any_value({name(column)}) as {name(column)}" for column in columns)
    key = name(kinds()[other].document[0])
    keyed = f"select {key} as _key, {taken} from raw.{other} group by all"
    return f"left join ({keyed}) as other on rows._lookup = other._key"


def _looked_up(ones: Sequence[Numbered]) -> dict[str, str]:
    takes: dict[str, tuple[str, ...]] = {}
    for one in ones:
        takes |= one.reading.lookups
    return {
        ours: f"coalesce(rows.{name(ours)}, {', '.join(f'other.{name(column)}' for column in take)})"
        for ours, take in takes.items()
    }


def _failed(ones: Sequence[Numbered], values: Mapping[str, str]) -> str:
    """Return the condition that a value a row cannot do without was not found."""
    needed = {ours for one in ones for ours in one.reading.lookups if ours in one.reading.required}
    empty = " or ".join(f"{values[ours]} is null" for ours in sorted(needed)) or "false"
    return f"(rows._lookup is not null and ({empty}))"
