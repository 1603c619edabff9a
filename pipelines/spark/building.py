"""The project's models built by Spark: from Parquet, by the same SQL, to Parquet that the draft then holds."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pipelines.errors import ModelError
from pipelines.spark.constructs import NotTranslated, relation_name
from pipelines.spark.session import start
from pipelines.spark.translation import to_spark
from pipelines.warehouse import models

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection
    from pyspark.sql import DataFrame, SparkSession

    from pipelines.warehouse.models import Built, Model

_SPARK_TYPES = {
    "VARCHAR": "string",
    "BOOLEAN": "boolean",
    "TINYINT": "tinyint",
    "SMALLINT": "smallint",
    "INTEGER": "int",
    "BIGINT": "bigint",
    "HUGEINT": "decimal(38, 0)",
    "DOUBLE": "double",
    "DATE": "date",
    "TIMESTAMP": "timestamp_ntz",
}
# Models that Spark refuses though each of their words is known to it, with what it says.
BUILT_BY_DUCKDB = {
    "marts.application_rounds": "recurs by key",
    "marts.fct_day_volumes": "a median in a window with an order",
    "marts.invoice_number_gaps": "a condition names an alias of its own select",
    "marts.ledger_candidates": "spreads a list inside a function",
    "marts.ledger_clues": "a condition names an alias of its own select",
}


@dataclass
class Engine:
    """Spark, working for one run. `folder` holds the Parquet it reads and writes, until it is closed."""

    session: SparkSession
    folder: Path
    by_duckdb: list[str] = field(default_factory=list)

    @classmethod
    def open(cls, master: str, folder: Path) -> Engine:
        """Start Spark. Raises UsageError as `session.start` does."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(start(master, folder), folder)

    def close(self) -> None:
        """Stop Spark and remove what it wrote."""
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

        Those named in `kept` stay as the draft holds them. What Spark has no words for is built by DuckDB and named in
        `by_duckdb`. Raises ModelError, naming the file,
        when Spark refuses a statement.
        """
        wanted = list(chosen)
        existing = models.relations(connection) - {model.name for model in wanted}
        known: set[str] = set()
        return [
            self._build_one(connection, model, parameters, known)
            for model in models.in_order(wanted, existing)
            if model.name not in kept
        ]

    def _build_one(
        self, connection: DuckDBPyConnection, model: Model, parameters: Mapping[str, Any], known: set[str]
    ) -> Built:
        started = time.perf_counter()
        given = {name: parameters[name] for name in model.parameters}
        columns = {name: [column for column, _ in _columns(connection, name)] for name in model.references}
        statement = _told(model, given, columns)
        if not statement:
            self.by_duckdb.append(model.name)
            (built,) = models.build(connection, [model], parameters)
            return built
        for name in sorted(model.references - known):
            self._show(connection, name)
        known |= model.references
        rows = self._write(connection, model, statement, given)
        known.add(model.name)
        return models.Built(model.name, rows, time.perf_counter() - started)

    def _show(self, connection: DuckDBPyConnection, relation: str) -> None:
        """Let Spark see a relation of the draft."""
        path = self.folder / "seen" / f"{relation}.parquet"
        path.parent.mkdir(exist_ok=True)
        place = ".".join(f'"{part}"' for part in relation.split("."))
        connection.execute(f"copy (select * from {place}) to '{_quoted(path)}' (format parquet)")
        self._view(relation, str(path))

    def _view(self, relation: str, path: str) -> None:
        name = relation_name(relation)
        self.session.catalog.dropTempView(name)
        self.session.read.parquet(path).createOrReplaceTempView(name)

    def _write(
        self, connection: DuckDBPyConnection, model: Model, statement: str, given: Mapping[str, Any]
    ) -> int:
        """Run a statement on Spark, keep its rows as Parquet, and take them into the draft as a table."""
        from pyspark.errors import PySparkException

        schema, table = model.name.split(".")
        target = self.folder / "made" / schema / table
        columns = connection.execute(f"describe {model.sql}", dict(given)).fetchall()
        try:
            self._typed(statement, [(row[0], row[1]) for row in columns]).write.mode("overwrite").parquet(
                str(target)
            )
        except PySparkException as error:
            raise ModelError(
                "Spark refused an SQL model", where=str(model.path), found=_first_words(error)
            ) from error
        self._view(model.name, str(target))
        shown = ", ".join(f'"{row[0]}"::{row[1]} as "{row[0]}"' for row in columns)
        connection.execute(f'create schema if not exists "{schema}"')
        made = connection.execute(
            f'create or replace table "{schema}"."{table}" as '
            f"select {shown} from read_parquet('{_quoted(target)}/*.parquet')"
        ).fetchone()
        return int(made[0]) if made else 0

    def _typed(self, statement: str, columns: list[tuple[str, str]]) -> DataFrame:
        """Return a statement's rows with the names and types that DuckDB gives them."""
        rows = self.session.sql(statement)
        names = [name for name, _ in columns]
        if sorted(rows.columns) != sorted(names):
            # a column that was given no name; else they are told apart by name: `using` puts its columns first here
            rows = rows.toDF(*names)
        casts = ((name, spark_type(kind)) for name, kind in columns)
        return rows.selectExpr(
            *(f"cast(`{name}` as {kind}) as `{name}`" if kind else f"`{name}`" for name, kind in casts)
        )


def _first_words(error: Exception) -> str:
    return next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)


def _told(model: Model, given: Mapping[str, Any], columns: Mapping[str, list[str]]) -> str:
    """Return the model's statement for Spark; nothing where Spark has no words for it."""
    if model.name in BUILT_BY_DUCKDB:
        return ""
    try:
        return to_spark(model.sql, given, columns)
    except NotTranslated:
        return ""


def spark_type(kind: str) -> str:
    """Return Spark's name of a type of DuckDB; empty for a nested one, which is taken as it comes.

    >>> spark_type("DECIMAL(18,4)"), spark_type("VARCHAR[]"), spark_type("STRUCT(a INTEGER)")
    ('decimal(18,4)', 'array<string>', '')
    """
    if kind.endswith("[]"):
        inner = spark_type(kind[:-2])
        return f"array<{inner}>" if inner else ""
    if re.fullmatch(r"DECIMAL\(\d+, ?\d+\)", kind):
        return kind.lower()
    return _SPARK_TYPES.get(kind, "")


def _columns(connection: DuckDBPyConnection, relation: str) -> list[tuple[str, str]]:
    place = ".".join(f'"{part}"' for part in relation.split("."))
    return [(row[0], row[1]) for row in connection.execute(f"describe {place}").fetchall()]


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
