"""Published tables as Parquet files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_SCHEMAS = ("marts", "metrics", "ops", "staging")


def export(
    connection: DuckDBPyConnection, folder: Path, tables: Sequence[str] = ()
) -> Iterator[tuple[str, int, Path]]:
    """Write each table to `folder/<table>.parquet`, decimals exact; yield its name, rows and path.

    All marts when no table is named; a name needs its schema only outside the marts. A file appears whole or not
    at all, and replaces one of the same name. Raises UsageError, before anything is written, for an unknown
    table and for a place that is no folder.
    """
    known = _published(connection)
    chosen = [_found(name, known) for name in tables] or [name for name in known if name.startswith("marts.")]
    if folder.exists() and not folder.is_dir():
        raise UsageError("Parquet files need a folder", where=str(folder), found="a file of that name")
    folder.mkdir(parents=True, exist_ok=True)
    for name in chosen:
        schema, table = name.split(".")
        target = folder / (f"{table}.parquet" if schema == "marts" else f"{name}.parquet")
        draft = target.with_name(f".{target.name}.draft")
        quoted = str(draft).replace("'", "''")
        row = connection.execute(
            f"""copy "{schema}"."{table}" to '{quoted}' (format parquet, compression zstd)"""
        ).fetchone()
        draft.replace(target)
        yield name, int(row[0]) if row else 0, target


def _published(connection: DuckDBPyConnection) -> list[str]:
    rows = connection.execute(
        "select table_schema || '.' || table_name from information_schema.tables "
        "where list_contains($schemas, table_schema) order by 1",
        {"schemas": list(_SCHEMAS)},
    ).fetchall()
    return [name for (name,) in rows]


def _found(name: str, known: Sequence[str]) -> str:
    full = name if "." in name else f"marts.{name}"
    if full not in known:
        raise UsageError(
            "There is no such table",
            found=name,
            hint=did_you_mean(full, known),
            next_step="`salesdesk reference` lists them",
        )
    return full
