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


def _open(
    path: Path, name: str, part: str, workspace: Workspace, depth: int, called: str = ""
) -> list[TextTable]:
    """Return the tables of a file or member; `called` is the name its form shows in, where a .gz has it."""
    where = f"{name}, {part}" if part else name
    called = called or part or name
    kind = signatures.kind_of(path, where, called)
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
        inner = called.removesuffix(".gz").removesuffix(".GZ")
        unpacked = archives.gunzip(path, where, workspace, inner)
        return _open(unpacked, name, part, workspace, depth + 1, inner)
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
