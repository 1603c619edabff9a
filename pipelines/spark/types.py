"""Names of DuckDB's types in Spark."""

from __future__ import annotations

from typing import Any

_NAMES = {
    "varchar": "string",
    "boolean": "boolean",
    "tinyint": "tinyint",
    "smallint": "smallint",
    "integer": "int",
    "bigint": "bigint",
    "hugeint": "decimal(38,0)",
    "double": "double",
    "date": "date",
    "timestamp": "timestamp_ntz",
}


def spark_type(kind: str) -> str:
    """Return Spark's name of a type of DuckDB; empty for one that it has no like of.

    >>> spark_type("DECIMAL(18,4)"), spark_type("VARCHAR[]"), spark_type("STRUCT(a INTEGER, b DATE[])[]")
    ('decimal(18,4)', 'array<string>', 'array<struct<a:int,b:array<date>>>')
    >>> spark_type("INTERVAL"), spark_type("INTERVAL[]")
    ('', '')
    """
    import duckdb

    return _named(duckdb.sqltype(kind))


def _named(kind: Any) -> str:
    if kind.id == "decimal":
        return str(kind).lower()
    if kind.id == "list":
        inner = _named(kind.children[0][1])
        return f"array<{inner}>" if inner else ""
    if kind.id == "struct":
        parts = [(name, _named(inner)) for name, inner in kind.children]
        return (
            f"struct<{','.join(f'{name}:{inner}' for name, inner in parts)}>"
            if all(dict(parts).values())
            else ""
        )
    return _NAMES.get(kind.id, "")
