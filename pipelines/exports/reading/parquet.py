"""Open Parquet: every column as text, in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.errors import UnreadableExport
from pipelines.exports.reading.cells import cleaned
from pipelines.exports.reading.tables import SAMPLE_ROWS, TextTable, header_names, quoted_name, quoted_text

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.exports.reading.workspace import Workspace

_NESTED = ("STRUCT", "MAP", "UNION", "[]", "BLOB")


def open_parquet(path: Path, where: str, workspace: Workspace) -> list[TextTable]:
    """Return the file's one table; whole doubles lose their .0, dates and times are ISO.

    Rows count from 1 as Parquet has no header row. Raises UnreadableExport when it is damaged or has nested columns.
    """
    import duckdb

    source = f"read_parquet({quoted_text(str(path))})"
    try:
        columns = workspace.connection.execute(f"describe select * from {source}").fetchall()
        _refuse_nested(columns, where)
        names = header_names([str(column[0]) for column in columns], where)
        selected = ", ".join(
            f"{_as_text(quoted_name(str(column[0])), str(column[1]))} as {quoted_name(name)}"
            for column, name in zip(columns, names, strict=True)
        )
        relation = f"(select {selected} from {source})"
        counted = workspace.connection.execute(f"select count(*) from {source}").fetchone()
        sample = workspace.connection.execute(f"select * from {relation} limit {SAMPLE_ROWS}").fetchall()
    except duckdb.Error as error:
        raise UnreadableExport(
            "The Parquet file is damaged or cut off.",
            where=where,
            found=str(error).splitlines()[0][:200],
            expected="a Parquet file that reads to its end",
            next_step="Export or copy it again.",
        ) from error
    return [
        TextTable(
            part="",
            header=names,
            sample=tuple(tuple(cleaned(cell or "") for cell in row) for row in sample),
            relation=relation,
            first_row=1,
            row_column=None,
            rows_read=int(counted[0]) if counted else 0,
            rows_skipped=0,
            skipped=(),
            encoding="parquet",
            notes=(),
        )
    ]


def _refuse_nested(columns: list[tuple[object, ...]], where: str) -> None:
    for column in columns:
        if any(mark in str(column[1]) for mark in _NESTED):
            raise UnreadableExport(
                "A column of the Parquet file is nested or binary.",
                where=where,
                found=f"{column[0]}: {column[1]}",
                expected="one value a cell",
                next_step="Export it flat: one column a value, one row a line.",
            )


def _as_text(column: str, kind: str) -> str:
    if kind in ("DOUBLE", "FLOAT"):
        # 15 digits are what a spreadsheet would show; the cast writes whole numbers with .0, codes must not have it.
        return f"regexp_replace({column}::varchar, '\\.0$', '')"
    if kind.startswith("TIMESTAMP"):
        return f"regexp_replace({column}::varchar, ' 00:00:00$', '')"
    return f"{column}::varchar"
