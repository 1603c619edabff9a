"""SQL models: one SELECT a file, built in the order that the SQL itself gives."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from pipelines.errors import ModelError, did_you_mean
from pipelines.warehouse.side_by_side import Piece, side_by_side

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection

Parameters = Mapping[str, Any]

_WHOLE = '{"error":false'
_PLACE = re.compile(r'"query_location":\d+,?')
# Models by path and text: a process that makes many builds parses each once.
_parsed: dict[tuple[Path, str], Model] = {}


@dataclass(frozen=True)
class Model:
    """One table of the warehouse and the SELECT that makes it.

    `name` is `schema.stem`; `references` are the relations the SELECT reads, as `schema.table`;
    `parameters` are the named parameters (`$as_of`) it binds; `digest` is the same however the SELECT is laid out.
    """

    name: str
    sql: str
    path: Path
    references: frozenset[str]
    parameters: frozenset[str]
    digest: str


@dataclass(frozen=True)
class Built:
    """What building one model took: its rows and seconds."""

    name: str
    rows: int
    seconds: float


def load_folder(
    folder: Path, connection: DuckDBPyConnection, schemas: Iterable[str] = ("staging", "marts")
) -> list[Model]:
    """Read every model of the schemas named, each a sub-folder of `folder`.

    Raises ModelError when a file is not exactly one SELECT.
    """
    return [
        _read_model(path, connection)
        for schema in schemas
        for path in sorted((folder / schema).glob("*.sql"))
    ]


def _read_model(path: Path, connection: DuckDBPyConnection) -> Model:
    sql = path.read_text(encoding="utf-8")
    if (path, sql) not in _parsed:
        _parsed[path, sql] = _parse(path, sql, connection)
    return _parsed[path, sql]


def _parse(path: Path, sql: str, connection: DuckDBPyConnection) -> Model:
    import duckdb

    try:
        statements = connection.extract_statements(sql)
    except duckdb.ParserException as error:
        raise ModelError("An SQL model cannot be parsed", where=str(path), found=str(error)) from error
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise ModelError(
            "An SQL model must be one SELECT",
            where=str(path),
            found=f"{len(statements)} statements",
            next_step="split the file: one table, one file",
        )
    text = statements[0].query.strip().rstrip(";")
    tree = _syntax_tree(text, connection)
    return Model(
        name=f"{path.parent.name}.{path.stem}",
        sql=text,
        path=path,
        references=frozenset(_base_tables(tree)),
        parameters=frozenset(statements[0].named_parameters),
        digest=_digest(text, tree),
    )


def _syntax_tree(sql: str, connection: DuckDBPyConnection) -> str:
    # written into the statement: with a bound parameter DuckDB imports pandas
    row = connection.execute(f"select json_serialize_sql({_quoted(sql)})").fetchone()
    return str(row[0]) if row else ""


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _digest(sql: str, tree: str) -> str:
    """Return a hash of the syntax tree without the places in the text: comments and layout leave it as it is.

    Where DuckDB gives no tree, the text itself is hashed.
    """
    told = _PLACE.sub("", tree) if tree.startswith(_WHOLE) else sql
    return hashlib.sha256(told.encode()).hexdigest()


def _base_tables(tree: str) -> set[str]:
    """Return the tables named with a schema in DuckDB's syntax tree; a bare name is a CTE."""
    found = set()

    def note(node: dict[str, Any]) -> None:
        if node.get("type") == "BASE_TABLE" and node["schema_name"]:
            found.add(f"{node['schema_name']}.{node['table_name']}")

    json.loads(tree, object_hook=note)
    return found


def in_order(models: Iterable[Model], existing: Iterable[str]) -> list[Model]:
    """Return the models so that each comes after those it reads.

    `existing` are relations already in the database. Raises ModelError for an unknown reference (with the
    nearest names) and for a cycle (with its path).
    """
    by_name = {model.name: model for model in models}
    known = set(by_name) | set(existing)
    ordered: dict[str, Model] = {}

    def visit(model: Model, path: tuple[str, ...]) -> None:
        if model.name in path:
            cycle = " -> ".join((*path[path.index(model.name) :], model.name))
            raise ModelError("SQL models read each other in a cycle", where=str(model.path), found=cycle)
        if model.name in ordered:
            return
        for reference in sorted(model.references):
            if reference not in known:
                raise ModelError(
                    "An SQL model reads a relation that does not exist",
                    where=str(model.path),
                    found=reference,
                    hint=did_you_mean(reference, known),
                )
            if reference in by_name:
                visit(by_name[reference], (*path, model.name))
        ordered[model.name] = model

    for model in sorted(by_name.values(), key=lambda each: each.name):
        visit(model, ())
    return list(ordered.values())


def needed_for(names: Iterable[str], models: Iterable[Model]) -> list[Model]:
    """Return the models named and every model they read, directly or through others."""
    by_name = {model.name: model for model in models}
    wanted: dict[str, Model] = {}
    pending = list(names)
    while pending:
        name = pending.pop()
        if name in by_name and name not in wanted:
            wanted[name] = by_name[name]
            pending.extend(by_name[name].references)
    return list(wanted.values())


def relations(connection: DuckDBPyConnection) -> set[str]:
    """Return every table and view of the open database as `schema.table`."""
    rows = connection.execute(
        "select schema_name || '.' || table_name from duckdb_tables() "
        "union select schema_name || '.' || view_name from duckdb_views() where not internal"
    ).fetchall()
    return {name for (name,) in rows}


def build(
    connection: DuckDBPyConnection,
    models: Iterable[Model],
    parameters: Parameters,
    *,
    kept: Collection[str] = (),
    at_once: int = 1,
) -> list[Built]:
    """Build the models as tables, each after those it reads; a table of the same name is replaced.

    Those named in `kept` stay as the database holds them. Where more are built `at_once`, the connection must not be
    in a transaction. Raises ModelError, naming the file, when a model binds an unknown parameter or DuckDB refuses it.
    """
    chosen = list(models)
    existing = relations(connection) - {model.name for model in chosen}
    ordered = in_order(chosen, existing)
    pieces = [
        Piece(model.name, model.references, partial(_build_one, model=model, parameters=parameters))
        for model in ordered
        if model.name not in kept
    ]
    for schema in sorted({piece.name.split(".")[0] for piece in pieces}):
        connection.execute(f'create schema if not exists "{schema}"')
    return side_by_side(connection, pieces, at_once)


def _build_one(connection: DuckDBPyConnection, model: Model, parameters: Parameters) -> Built:
    import duckdb

    unknown = model.parameters - set(parameters)
    if unknown:
        raise ModelError(
            "An SQL model binds a parameter that no setting gives",
            where=str(model.path),
            found=", ".join(f"${name}" for name in sorted(unknown)),
            hint=did_you_mean(min(unknown), parameters),
        )
    started = time.perf_counter()
    schema, table = model.name.split(".")
    statement = f'create or replace table "{schema}"."{table}" as\n{model.sql}'
    try:
        row = connection.execute(statement, {name: parameters[name] for name in model.parameters}).fetchone()
    except (duckdb.OutOfMemoryException, duckdb.IOException):
        raise  # the machine is short of something, the model is not to blame
    except duckdb.Error as error:
        raise ModelError("DuckDB refused an SQL model", where=str(model.path), found=str(error)) from error
    return Built(model.name, int(row[0]) if row else 0, time.perf_counter() - started)


def create_macros(connection: DuckDBPyConnection, folder: Path) -> list[str]:
    """Run every `create or replace macro` file of `folder` in name order; return their stems."""
    import duckdb

    stems = []
    for path in sorted(folder.glob("*.sql")):
        try:
            connection.execute(path.read_text(encoding="utf-8"))
        except duckdb.Error as error:
            raise ModelError("DuckDB refused a macro", where=str(path), found=str(error)) from error
        stems.append(path.stem)
    return stems
