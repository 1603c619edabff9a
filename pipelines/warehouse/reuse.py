"""Keep, of the last publication, the tables whose SQL, parameters and inputs are what they were."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING

from pipelines.warehouse.models import Model, Parameters, in_order

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class Made:
    """One model as a publication holds it; the two fingerprints differ where a suite took rows out of it."""

    fingerprint: str
    checked: str
    rows: int
    seconds: Decimal
    built_by: str


@dataclass(frozen=True)
class Plan:
    """What of the former publication a build keeps: `kept` of `former`, by the `fingerprints` of this build."""

    fingerprints: Mapping[str, str] = field(default_factory=dict)
    kept: frozenset[str] = frozenset()
    former: Mapping[str, Made] = field(default_factory=dict)

    @property
    def kept_share(self) -> float:
        """The share of the former publication's rows that is kept."""
        rows = sum(made.rows for made in self.former.values())
        return sum(self.former[name].rows for name in self.kept) / rows if rows else 0.0


def content(connection: DuckDBPyConnection, relation: str) -> str:
    """Return a digest of a relation's rows, whatever their order: their count and the sum of their hashes."""
    row = connection.execute(
        f"select count(*) || ':' || coalesce(sum(hash(held)), 0) from {relation} as held"
    ).fetchone()
    return str(row[0]) if row else ""


def plan(
    models: Iterable[Model],
    leaves: Mapping[str, str],
    parameters: Parameters,
    former: Mapping[str, Made],
    checked: Mapping[str, str] | None = None,
) -> Plan:
    """Return which models need not be built again.

    `leaves` are digests of what the models read and do not make. Suites take rows out of staging before marts read it:
    `checked` tells the state of those tables after it; without it each is assumed to lose what it lost before.
    A table that lost rows is never kept, for they would be missing where they are counted.
    """
    fingerprints: dict[str, str] = {}
    states: dict[str, str] = {}
    kept = set()
    for model in in_order(models, leaves):
        read = {
            name: fingerprints[name]
            if name in fingerprints and _schema(name) == _schema(model.name)
            else states.get(name) or leaves[name]
            for name in model.references
        }
        found = fingerprints[model.name] = _fingerprint(model, read, parameters)
        was = former.get(model.name)
        states[model.name] = was.checked if was and was.fingerprint == found else found
        if checked is not None:
            states[model.name] = checked.get(model.name, found)
        if was and was.fingerprint == was.checked == found:
            kept.add(model.name)
    return Plan(fingerprints, frozenset(kept), former)


def _schema(name: str) -> str:
    return name.split(".", maxsplit=1)[0]


@cache
def _release() -> str:
    """Return DuckDB's release; looked up in the distributions' own files, a millisecond each time."""
    return version("duckdb")


def _fingerprint(model: Model, read: Mapping[str, str], parameters: Parameters) -> str:
    bound = {name: str(parameters.get(name)) for name in model.parameters}
    told = [_release(), model.digest, sorted(bound.items()), sorted(read.items())]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def former_models(snapshot: Path) -> dict[str, Made]:
    """Return what a snapshot says of its models; empty for one of a release that wrote nothing down."""
    from pipelines.warehouse.connection import connect

    with connect(snapshot, read_only=True) as connection:
        held = connection.execute(
            "select 1 from duckdb_tables() where schema_name = 'ops' and table_name = 'models'"
        ).fetchone()
        if held is None:
            return {}
        rows = connection.execute(
            "select relation, fingerprint, checked_fingerprint, row_count, seconds, built_by from ops.models"
        ).fetchall()
    return {row[0]: Made(*row[1:]) for row in rows}


def leave_only(connection: DuckDBPyConnection, kept: Collection[str]) -> None:
    """Drop every relation and macro but the tables named, and give their room back to the file."""
    views = connection.execute(
        "select schema_name, view_name from duckdb_views() where not internal"
    ).fetchall()
    tables = connection.execute("select schema_name, table_name from duckdb_tables()").fetchall()
    macros = connection.execute(
        "select distinct schema_name, function_name, function_type from duckdb_functions() "
        "where not internal and function_type in ('macro', 'table_macro')"
    ).fetchall()
    for schema, name in views:
        connection.execute(f'drop view "{schema}"."{name}"')
    for schema, name in tables:
        if f"{schema}.{name}" not in kept:
            connection.execute(f'drop table "{schema}"."{name}"')
    for schema, name, kind in macros:
        connection.execute(f'drop {"macro table" if kind == "table_macro" else "macro"} "{schema}"."{name}"')
    connection.execute("checkpoint")
