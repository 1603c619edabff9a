"""SQL over typed twins: rows with their provenance, documents, current rows."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.exports.declarations import Column, Kind
from pipelines.exports.numbering import Numbered
from pipelines.exports.sql_text import literal, name

_KEY_SEPARATOR = "chr(31)"


_OWN = {
    "_source_row": "bigint",
    "_skipped": "varchar",
    "_lookup": "varchar",
}


def rows(ones: Sequence[Numbered], columns: Sequence[str]) -> str:
    """Return the query of all rows of these readings, of one kind: `columns` with file_no, rank, origin, source_row.

    Twins keep the order of their source, so that a row's place in the twin tells its row in the source. A twin holds
    only the columns its source filled; the others are null.
    """
    alike: dict[tuple[str, ...], list[Numbered]] = {}
    for one in ones:
        alike.setdefault(one.reading.columns, []).append(one)
    return " union all ".join(_rows_alike(group, columns) for group in alike.values())


def _rows_alike(ones: Sequence[Numbered], columns: Sequence[str]) -> str:
    """Return the query of twins that have the same columns."""
    kind, held = ones[0].kind, ones[0].reading.columns
    values = ", ".join(
        f"found.{name(column)}" if column in held else f"null::{_type(kind, column)} as {name(column)}"
        for column in columns
    )
    place = "found._source_row" if "_source_row" in held else "found.file_row_number + {}"
    if len(ones) == 1:
        (only,) = ones
        return f"""
            select
                {only.file_no} as file_no,
                {only.rank} as rank,
                {literal(only.reading.origin)} as origin,
                {place.format(only.reading.first_row)} as source_row,
                {values}
            from read_parquet({literal(str(only.twin))}, file_row_number = true) as found
        """
    paths = ", ".join(literal(str(one.twin)) for one in ones)
    return f"""
        select
            twins.file_no,
            twins.rank,
            twins.origin,
            {place.format("twins.first_row")} as source_row,
            {values}
        from read_parquet([{paths}], file_row_number = true, filename = true) as found
        inner join raw.twins as twins on found.filename = twins.path
    """


def _type(kind: Kind, column: str) -> str:
    return _OWN[column] if column in _OWN else kind.column(column).sql_type


def document(kind: Kind, ones: Sequence[Numbered]) -> str:
    """Return the expression of a row's document key as text, null when the row does not say it.

    A source may name documents by other columns than the kind does.
    """
    own = _key(kind, kind.document)
    if kind.document_otherwise:
        own = f"coalesce({own}, {_key(kind, kind.document_otherwise)})"
    others = {one.document for one in ones if one.document}
    if not others:
        return own
    branches = "".join(
        f" when file_no in ({', '.join(str(one.file_no) for one in ones if one.document == other)}) "
        f"then {_key(kind, other)}"
        for other in sorted(others)
    )
    return f"case{branches} else {own} end"


def _key(kind: Kind, columns: Sequence[str]) -> str:
    """Null when the first column is: it is the one that names the document, the others qualify it."""
    parts = [_as_text(kind.column(column)) for column in columns]
    if len(parts) == 1:
        return parts[0]
    joined = f", {_KEY_SEPARATOR}, ".join(f"coalesce({part}, '')" for part in parts)
    return f"case when {parts[0]} is not null then concat({joined}) end"


def _as_text(column: Column) -> str:
    return name(column.name) if column.sql_type == "varchar" else f"{name(column.name)}::varchar"


def document_columns(kind: Kind, ones: Sequence[Numbered]) -> list[str]:
    """Return the columns that `document` reads."""
    named = [*kind.document, *kind.document_otherwise, *(column for one in ones for column in one.document)]
    return list(dict.fromkeys(named))
