"""An engine that builds with DuckDB and asks Spark the same, to compare what each answers to the same rows."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pipelines.errors import ModelError
from pipelines.spark import building
from pipelines.spark.refusals import refusals

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.warehouse.models import Model


@dataclass
class Beside(building.Engine):
    """Spark beside DuckDB for one run. `different` says of each relation or rule what Spark answered otherwise."""

    different: dict[str, str] = field(default_factory=dict)

    def close(self) -> None:
        """Leave Spark to who started it."""
        shutil.rmtree(self.folder)

    def compare(
        self, connection: DuckDBPyConnection, model: Model, parameters: Mapping[str, Any], *, named: str = ""
    ) -> None:
        """Ask Spark for a model that is built already, from the relations it reads as they stand there."""
        given = {name: parameters[name] for name in model.parameters}
        self._compare(connection, model.name, model.sql, given, set(), named or model.name)

    def failing(
        self, connection: DuckDBPyConnection, conditions: Mapping[str, Mapping[str, str]]
    ) -> dict[str, dict[str, int]]:
        """Count failing rows with both."""
        found = super().failing(connection, conditions)
        for table, rules in found.items():
            for rule, count in rules.items():
                here = connection.execute(f"select count(*) from {table} where {conditions[table][rule]}")
                if here.fetchone() != (count,):
                    self.different[rule] = f"counted {count}"
        return found

    def _make(
        self,
        connection: DuckDBPyConnection,
        relation: str,
        sql: str,
        given: Mapping[str, Any],
        seen: set[str],
    ) -> int:
        schema = relation.split(".", maxsplit=1)[0]
        connection.execute(f"create schema if not exists {schema}")
        row = connection.execute(f"create or replace table {relation} as {sql}", dict(given)).fetchone()
        self._compare(connection, relation, sql, given, seen, relation)
        self.done.add(relation)
        return int(row[0]) if row else 0

    def _compare(
        self,
        connection: DuckDBPyConnection,
        relation: str,
        sql: str,
        given: Mapping[str, Any],
        seen: set[str],
        named: str,
    ) -> None:
        try:
            with refusals(relation):
                rows, shape = self.asked(connection, relation, sql, given, seen)
                connection.register("_there", rows.toArrow())
        except ModelError as error:
            self.different[named] = str(error.found)
            return
        # a share in floating point hangs on the order in which its factors are multiplied
        shown = ", ".join(
            f'round("{name}", 12)' if kind == "DOUBLE" else f'"{name}"::{kind}' for name, kind in shape
        )
        here, there = f"select {shown} from {relation}", f"select {shown} from _there"
        alone = [
            connection.execute(f"select count(*), first(r) from ({one} except all {other}) as r").fetchone()
            for one, other in ((here, there), (there, here))
        ]
        connection.unregister("_there")
        if any(count for count, _ in filter(None, alone)):
            self.different[named] = f"DuckDB alone {alone[0]}, Spark alone {alone[1]}"
