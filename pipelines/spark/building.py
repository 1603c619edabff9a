"""The project's models built by Spark: from Parquet, by the same SQL, to Parquet that the draft then holds."""

from __future__ import annotations

import shutil
import time
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from pipelines.errors import ModelError
from pipelines.spark import counting, macros, spread
from pipelines.spark.calls import NotTranslated
from pipelines.spark.constructs import relation_name
from pipelines.spark.refusals import refusals
from pipelines.spark.session import start
from pipelines.spark.translation import parsed, relations, told
from pipelines.spark.types import spark_type
from pipelines.warehouse import models

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection
    from pyspark.sql import DataFrame, SparkSession

    from pipelines.spark.translation import Told
    from pipelines.warehouse.models import Built, Model


@dataclass
class Engine:
    """Spark, working for one run. `folder` holds the Parquet it reads and writes, until it is closed.

    `done` names the models, tables and rules that Spark saw to, `by_duckdb` those that it has no words for.
    """

    session: SparkSession
    folder: Path
    done: set[str] = field(default_factory=set)
    by_duckdb: list[str] = field(default_factory=list)
    # The rows of each table that Spark made and still sees as it made them.
    _made: dict[str, int] = field(default_factory=dict)

    @classmethod
    def open(cls, master: str, folder: Path) -> Engine:
        """Start Spark. Raises UsageError as `session.start` does."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(start(master, folder), folder)

    def close(self) -> None:
        """Stop Spark, if it is still there, and remove what it wrote."""
        from py4j.protocol import Py4JError

        with suppress(Py4JError, OSError):
            self.session.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def build(
        self,
        connection: DuckDBPyConnection,
        chosen: Iterable[Model],
        parameters: Mapping[str, Any],
        *,
        kept: Collection[str] = (),
    ) -> list[Built]:
        """Build models as `warehouse.models.build` does: each after those it reads, each as a table of the draft.

        Those named in `kept` stay as the draft holds them. Raises ModelError, naming the file, when Spark refuses a
        statement.
        """
        wanted = list(chosen)
        existing = models.relations(connection) - {model.name for model in wanted}
        seen: set[str] = set()
        return [
            self._build_one(connection, model, parameters, seen)
            for model in models.in_order(wanted, existing)
            if model.name not in kept
        ]

    def _build_one(
        self, connection: DuckDBPyConnection, model: Model, parameters: Mapping[str, Any], seen: set[str]
    ) -> Built:
        started = time.perf_counter()
        given = {name: parameters[name] for name in model.parameters}
        try:
            rows = self._make(connection, model.name, model.sql, given, seen)
        except NotTranslated:
            rows = None
        except ModelError as error:
            error.where = str(model.path)
            raise
        if rows is None:
            self.by_duckdb.append(model.name)
            (built,) = models.build(connection, [model], parameters)
            return built
        return models.Built(model.name, rows, time.perf_counter() - started)

    def make(
        self, connection: DuckDBPyConnection, relation: str, sql: str, parameters: Mapping[str, Any]
    ) -> int:
        """Make a table of the draft from one SELECT, by DuckDB where Spark has no words for it; return its rows.

        Raises ModelError when Spark refuses the statement.
        """
        try:
            return self._make(connection, relation, sql, parameters, set())
        except NotTranslated:
            self.by_duckdb.append(relation)
            made = connection.execute(f"create or replace table {relation} as {sql}", parameters).fetchone()
            return int(made[0]) if made else 0

    def failing(
        self, connection: DuckDBPyConnection, conditions: Mapping[str, Mapping[str, str]]
    ) -> dict[str, dict[str, int]]:
        """Count, by table and rule, the rows for which the rule's condition is true.

        A rule that Spark has no words for, or fails to answer, is left out and named in `by_duckdb`.
        """
        known = counting.Known(partial(_column_names, connection), macros.known(connection))
        asked, untold = counting.pieces(conditions, known)
        with refusals("the checks"):
            for relation in sorted({name for piece in asked for name in piece.relations}):
                self._see(connection, relation)
            found, refused = counting.count(self.session, asked, known)
        self.by_duckdb += [*untold, *refused]
        self.done |= {rule for rules in found.values() for rule in rules}
        return found

    def _make(
        self,
        connection: DuckDBPyConnection,
        relation: str,
        sql: str,
        given: Mapping[str, Any],
        seen: set[str],
    ) -> int:
        """Run a SELECT on Spark, keep its rows as Parquet, and take them into the draft as a table."""
        target = self.folder / "made" / relation
        with refusals(relation):
            rows, shape = self.asked(connection, relation, sql, given, seen)
            rows.write.mode("overwrite").parquet(str(target))
            self._view(relation, target, rows.schema)
        seen.add(relation)
        self._made[relation] = _taken(connection, relation, shape, target)
        self.done.add(relation)
        return self._made[relation]

    def asked(
        self,
        connection: DuckDBPyConnection,
        relation: str,
        sql: str,
        given: Mapping[str, Any],
        seen: set[str],
    ) -> tuple[DataFrame, list[tuple[str, str]]]:
        """Return a relation's rows from Spark, and the names and types that DuckDB gives them.

        Spark sees what the SELECT reads as the draft holds it now, but for what is `seen` already.
        """
        tree = parsed(sql, macros.known(connection))
        read = relations(tree)
        statement = None
        if relation not in spread.KEYS:
            statement = told(tree, given, {name: _column_names(connection, name) for name in read})
        for name in sorted(read - seen):
            self._see(connection, name)
        seen |= read
        shape = [(row[0], row[1]) for row in connection.execute(f"describe {sql}", dict(given)).fetchall()]
        if statement is not None:
            return self._rows(statement, shape), shape
        views = {name: relation_name(name) for name in sorted(read)}
        return spread.spread(self.session, sql, spread.KEYS[relation], views, shape), shape

    def _rows(self, statement: Told, shape: list[tuple[str, str]]) -> DataFrame:
        """Return a statement's rows with the names and types that DuckDB gives them."""
        for name, part in statement.parts:
            place = str(self.folder / "parts" / name)
            self.session.sql(part).write.mode("overwrite").parquet(place)
            self.session.read.parquet(place).createOrReplaceTempView(name)
        rows = self.session.sql(statement.statement)
        names = [name for name, _ in shape]
        if sorted(rows.columns) != sorted(names):
            # a column that was given no name; else they are told apart by name: `using` puts its columns first here
            rows = rows.toDF(*names)
        casts = ((name, spark_type(kind)) for name, kind in shape)
        return rows.selectExpr(
            *(f"cast(`{name}` as {kind}) as `{name}`" if kind else f"`{name}`" for name, kind in casts)
        )

    def _see(self, connection: DuckDBPyConnection, relation: str) -> None:
        """Let Spark see a relation of the draft as it is now. What Spark made loses rows since, or stays as it was."""
        place = _quoted(relation)
        if relation in self._made:
            count = connection.execute(f"select count(*) from {place}").fetchone()
            if count == (self._made[relation],):
                return
            del self._made[relation]
        path = self.folder / "seen" / f"{relation}.parquet"
        path.parent.mkdir(exist_ok=True)
        described = connection.execute(f"describe {place}").fetchall()
        # DuckDB writes its widest integers as floating point
        shown = ", ".join(
            f'"{row[0]}"::decimal(38, 0) as "{row[0]}"' if row[1] == "HUGEINT" else f'"{row[0]}"'
            for row in described
        )
        connection.execute(f"copy (select {shown} from {place}) to '{_text(path)}' (format parquet)")
        kinds = [(row[0], spark_type(row[1])) for row in described]
        schema = ", ".join(f"`{name}` {kind}" for name, kind in kinds) if all(dict(kinds).values()) else None
        self._view(relation, path, schema)

    def _view(self, relation: str, path: Path, schema: Any) -> None:
        reader = self.session.read if schema is None else self.session.read.schema(schema)
        reader.parquet(str(path)).createOrReplaceTempView(relation_name(relation))


def _column_names(connection: DuckDBPyConnection, relation: str) -> list[str]:
    return [row[0] for row in connection.execute(f"describe {_quoted(relation)}").fetchall()]


def _taken(connection: DuckDBPyConnection, relation: str, shape: list[tuple[str, str]], folder: Path) -> int:
    shown = ", ".join(f'"{name}"::{kind} as "{name}"' for name, kind in shape)
    connection.execute(f'create schema if not exists "{relation.split(".", maxsplit=1)[0]}"')
    made = connection.execute(
        f"create or replace table {_quoted(relation)} as "
        f"select {shown} from read_parquet('{_text(folder)}/*.parquet')"
    ).fetchone()
    return int(made[0]) if made else 0


def _quoted(relation: str) -> str:
    return ".".join(f'"{part}"' for part in relation.split("."))


def _text(path: Path) -> str:
    return str(path).replace("'", "''")
