"""Open any export as text tables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.errors import UnreadableExport
from pipelines.exports.reading import archives, delimited, signatures
from pipelines.exports.reading.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from pipelines.exports.reading.tables import TextTable


def open_tables(
    path: Path, workdir: Path, name: str = "", connection: DuckDBPyConnection | None = None
) -> list[TextTable]:
    """Return the tables of an export, in its own order.

    One per file, sheet, archive member or database table; `part` names it. Relations read `path` itself or files in a
    new folder of `workdir`; they are valid as long as both are. `name` is the export's own name where `path` is a copy;
    a `connection` given is looked through with, which saves opening one.
    Raises UnreadableExport, with what was found and what to do, for everything that cannot be read for certain.
    """
    workspace = Workspace(workdir, connection)
    try:
        return _open(path, name or path.name, "", workspace, depth=0)
    finally:
        workspace.close()


def _open(path: Path, name: str, part: str, workspace: Workspace, depth: int) -> list[TextTable]:
    where = f"{name}, {part}" if part else name
    kind = signatures.kind_of(path, where, part or name)
    if kind in ("zip", "gzip") and depth >= (1 if kind == "zip" else 2):
        raise UnreadableExport(
            "An archive lies inside an archive.",
            where=where,
            found=f"{kind} in an archive",
            expected="exports themselves",
            next_step="Unpack it and load the files in it.",
        )
    if kind == "zip":
        return _open_archive(path, name, workspace, where)
    if kind == "gzip":
        inner = (part or name).removesuffix(".gz").removesuffix(".GZ")
        unpacked = archives.gunzip(path, where, workspace, inner)
        tables = _open(unpacked, inner if not part else name, inner if part else "", workspace, depth + 1)
        return (
            [replace(table, part=table.part.replace(inner, part, 1)) for table in tables] if part else tables
        )
    if kind == "text":
        return [delimited.open_delimited(path, part, where, workspace)]
    return _open_tables_of(kind, path, part, where, workspace)


def _open_archive(path: Path, name: str, workspace: Workspace, where: str) -> list[TextTable]:
    members = archives.unzip(path, where, workspace)
    return [
        table for member in members for table in _open(member.path, name, member.name, workspace, depth=1)
    ]


def _open_tables_of(kind: str, path: Path, part: str, where: str, workspace: Workspace) -> list[TextTable]:
    from pipelines.exports.reading import (
        databases,
        documents,
        parquet,
        spreadsheet_xml,
        spreadsheets,
        webpages,
    )

    opener = {
        "spreadsheet": spreadsheets.open_spreadsheet,
        "spreadsheet xml": spreadsheet_xml.open_spreadsheet_xml,
        "html": webpages.open_webpage,
        "parquet": parquet.open_parquet,
        "json": documents.open_documents,
        "sqlite": databases.open_database,
    }[kind]
    tables = opener(path, where, workspace)
    if not part:
        return tables
    return [replace(table, part=f"{part}/{table.part}" if table.part else part) for table in tables]
