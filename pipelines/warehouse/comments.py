"""Comments on the tables, columns and macros of a database, from the headers of the files that make them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.warehouse.models import Model

_BULLET = re.compile(r"^- (?P<names>\w+(?:, \w+)*): (?P<words>.+)$")
_KINDS = {"table": "table", "view": "view", "macro": "macro", "table_macro": "macro table"}


def describe(
    connection: DuckDBPyConnection,
    models: Iterable[Model] = (),
    *,
    folder: Path | None = None,
    views: Mapping[str, str] | None = None,
    columns: Mapping[str, str] | None = None,
    schemas: Collection[str] = (),
) -> int:
    """Comment what the database holds, of the schemas named or of all, and return how many comments were made.

    Each model's table gets the file's header; a column gets the header's line `- column: words`. `folder` is the
    SQL folder, whose `ops/` and `macros/` files are headed alike and whose `dictionary.yaml` says what no header does;
    `views` gives words for more relations by
    `schema.name`, `columns` words for a column of that name wherever no header says more. What the database
    does not hold is passed over: a run may build less than all. The connection must not be in a transaction.
    """
    headers = {model.name: header(model.path.read_text(encoding="utf-8")) for model in models}
    if folder is not None:
        for path in sorted((folder / "ops").glob("*.sql")):
            headers[f"ops.{path.stem}"] = header(path.read_text(encoding="utf-8"))
        for path in sorted((folder / "macros").glob("*.sql")):
            headers[f"main.{path.stem}"] = header(path.read_text(encoding="utf-8"))
    written = dictionary(folder)
    headers |= {**written["relations"], **(views or {})}
    kinds, held = _kinds(connection), _columns(connection)
    statements = []
    for name, words in headers.items():
        if name not in kinds or not words or (schemas and name.split(".")[0] not in schemas):
            continue
        place = ".".join(f'"{part}"' for part in name.split("."))
        statements.append(f"comment on {kinds[name]} {place} is {_quoted(words)}")
        told = {**written["columns"], **(columns or {}), **of_columns(words)}
        statements += [
            f'comment on column {place}."{column}" is {_quoted(told[column])}'
            for column in sorted(held.get(name, set()) & set(told))
        ]
    if not statements:
        return 0
    # one transaction: each comment alone would be written to disk by itself; and one call for all of them
    connection.begin()
    connection.execute("; ".join(statements))
    connection.commit()
    return len(statements)


def dictionary(folder: Path | None) -> dict[str, dict[str, str]]:
    """Return the words of `dictionary.yaml`: `relations` by `schema.name`, `columns` by name; none without the file."""
    if folder is None or not (folder / "dictionary.yaml").is_file():
        return {"relations": {}, "columns": {}}
    return _dictionary((folder / "dictionary.yaml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)  # a run asks twice
def _dictionary(text: str) -> dict[str, dict[str, str]]:
    import yaml

    loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
    found: dict[str, dict[str, str]] = yaml.load(text, Loader=loader)  # noqa: S506 - safe, both of them
    return found


def header(sql: str) -> str:
    """Return the comment at the head of a file, without its dashes; lines are kept."""
    lines = []
    for line in sql.splitlines():
        if not line.startswith("--"):
            break
        lines.append(line.removeprefix("--").removeprefix(" ").rstrip())
    return "\n".join(lines).strip()


def of_columns(words: str) -> dict[str, str]:
    """Return what a header's lines `- column: words` say of each column; lines indented below one belong to it."""
    found: dict[str, str] = {}
    current: list[str] = []
    for line in words.splitlines():
        bullet = _BULLET.match(line)
        if bullet:
            current = bullet["names"].split(", ")
            found |= dict.fromkeys(current, bullet["words"])
        elif line.startswith("  ") and current:
            found |= {name: f"{found[name]} {line.strip()}" for name in current}
        else:
            current = []
    return found


def _kinds(connection: DuckDBPyConnection) -> dict[str, str]:
    rows = connection.execute(
        "select schema_name || '.' || table_name, 'table' from duckdb_tables() "
        "union all select schema_name || '.' || view_name, 'view' from duckdb_views() where not internal "
        "union all select schema_name || '.' || function_name, function_type from duckdb_functions() "
        "where not internal and function_type in ('macro', 'table_macro')"
    ).fetchall()
    return {name: _KINDS[kind] for name, kind in rows}


def _columns(connection: DuckDBPyConnection) -> dict[str, set[str]]:
    rows = connection.execute(
        "select schema_name || '.' || table_name, list(column_name) from duckdb_columns() where not internal "
        "group by all"
    ).fetchall()
    return {name: set(names) for name, names in rows}


def _quoted(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"
