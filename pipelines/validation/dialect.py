"""Great Expectations on DuckDB: on the build's own open connection, inside its transaction.

Great Expectations knows no DuckDB, and through a stock SQLAlchemy dialect it can pass falsely: it fetches rows after
SQLAlchemy rolled back, and DuckDB drops a pending result on rollback. Here every statement is fetched at once, commit
and rollback stay with the connection's owner. Conditions that Great Expectations writes anew for each database are in
`conditions`. Importing this module imports Great Expectations: only the process that judges does so (`engine_process`),
where the connection is one that has its statements run in the process that asked.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import great_expectations as gx
import sqlalchemy as sa
from great_expectations.data_context.data_context.context_factory import project_manager
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
from great_expectations.execution_engine.sqlalchemy_execution_engine import SqlAlchemyExecutionEngine
from sqlalchemy import types
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.pool import StaticPool

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


class _Cursor:
    """A DBAPI cursor that has read its whole result before `execute` returns."""

    arraysize = 1
    rowcount = -1

    def __init__(self, connection: DuckDBPyConnection, lock: threading.RLock) -> None:
        self._connection = connection
        self._lock = lock
        self._rows: list[Any] = []
        self.description: Any = None

    def execute(self, statement: str, parameters: Sequence[Any] | None = None) -> None:
        with self._lock:
            self._connection.execute(statement, list(parameters) if parameters else None)
            self.description = self._connection.description
            self._rows = self._connection.fetchall() if self.description else []

    def executemany(self, statement: str, many: Sequence[Sequence[Any]]) -> None:
        for parameters in many:
            self.execute(statement, parameters)

    def fetchone(self) -> Any:
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int = 1) -> list[Any]:
        taken, self._rows = self._rows[:size], self._rows[size:]
        return taken

    def fetchall(self) -> list[Any]:
        taken, self._rows = self._rows, []
        return taken

    def close(self) -> None:
        self._rows = []


class _Connection:
    """A DBAPI connection that never ends the owner's transaction and never closes the owner's connection."""

    def __init__(self, connection: DuckDBPyConnection) -> None:
        self._connection = connection
        self._lock = threading.RLock()

    def cursor(self) -> _Cursor:
        return _Cursor(self._connection, self._lock)

    def commit(self) -> None:
        """Leave the transaction to its owner."""

    def rollback(self) -> None:
        """Leave the transaction to its owner."""

    def close(self) -> None:
        """Leave the connection to its owner."""


class _Driver:
    """What SQLAlchemy asks of a driver's module; DuckDB is imported for the first error only."""

    apilevel = "2.0"
    threadsafety = 1
    paramstyle = "qmark"

    def __getattr__(self, name: str) -> Any:
        if not name.endswith("Error"):
            raise AttributeError(name)
        import duckdb

        return duckdb.Error


_SQL_TYPES: dict[str, Any] = {
    "BIGINT": types.BIGINT,
    "INTEGER": types.INTEGER,
    "SMALLINT": types.SMALLINT,
    "TINYINT": types.SMALLINT,
    "HUGEINT": types.NUMERIC,
    "UBIGINT": types.BIGINT,
    "UINTEGER": types.INTEGER,
    "DOUBLE": types.DOUBLE,
    "FLOAT": types.FLOAT,
    "VARCHAR": types.VARCHAR,
    "BOOLEAN": types.BOOLEAN,
    "DATE": types.DATE,
    "TIME": types.TIME,
    "TIMESTAMP": types.TIMESTAMP,
    "TIMESTAMP WITH TIME ZONE": types.TIMESTAMP,
}


def _sql_type(name: str) -> Any:
    decimal = re.fullmatch(r"DECIMAL\((\d+),\s*(\d+)\)", name)
    if decimal:
        return types.DECIMAL(int(decimal[1]), int(decimal[2]))
    return _SQL_TYPES.get(name, types.NullType)()


class DuckDBDialect(PGDialect):
    """SQLAlchemy's PostgreSQL dialect, with DuckDB's catalogue in place of PostgreSQL's."""

    name = "duckdb"
    driver = "shared"
    default_paramstyle = "qmark"
    supports_statement_cache = False
    supports_native_decimal = True
    _backslash_escapes = False

    @classmethod
    def import_dbapi(cls) -> Any:
        """Return what SQLAlchemy asks of a driver's module."""
        return _Driver()

    def initialize(self, connection: sa.Connection) -> None:
        """Skip the questions that only PostgreSQL can answer."""
        DefaultDialect.initialize(self, connection)

    def _get_server_version_info(self, _connection: sa.Connection) -> tuple[int, int]:
        return (15, 0)

    def _get_default_schema_name(self, _connection: sa.Connection) -> str:
        return "main"

    def get_default_isolation_level(self, _dbapi_connection: Any) -> Any:
        """Leave isolation to the owner of the connection."""
        raise NotImplementedError

    def on_connect(self) -> None:
        """Set nothing up: the connection is open already."""

    def get_columns(self, connection: Any, table_name: str, schema: str | None = None, **_: Any) -> Any:
        """Return the columns of a table or view, with their types."""
        place = ".".join(f'"{part}"' for part in (schema, table_name) if part)
        try:  # asked right away: to look for the table first took longer than most rules
            rows = connection.exec_driver_sql(f"describe {place}").fetchall()
        except sa.exc.DBAPIError as error:
            raise sa.exc.NoSuchTableError(table_name) from error
        return [
            {"name": name, "type": _sql_type(kind), "nullable": nullable == "YES", "default": default}
            for name, kind, nullable, _, default, _ in rows
        ]

    def get_table_names(self, connection: Any, schema: str | None = None, **_: Any) -> list[str]:
        """Return the tables of a schema."""
        rows = connection.exec_driver_sql(
            "select table_name from duckdb_tables() where schema_name = coalesce(?, current_schema())",
            (schema,),
        )
        return [name for (name,) in rows]

    def get_schema_names(self, connection: Any, **_: Any) -> list[str]:
        """Return the schemas."""
        return [
            name
            for (name,) in connection.exec_driver_sql("select distinct schema_name from duckdb_schemas()")
        ]

    def has_table(self, connection: Any, table_name: str, schema: str | None = None, **_: Any) -> bool:
        """Return whether there is such a table or view."""
        # by names alone: listing all columns of all tables to find one table took longer than most rules
        named = "_name = $1 and schema_name = coalesce($2, current_schema())"
        rows = connection.exec_driver_sql(
            f"select 1 from duckdb_tables() where table{named} "
            f"union all select 1 from duckdb_views() where view{named}",
            (table_name, schema),
        )
        return bool(rows.fetchall())

    def get_pk_constraint(self, *_: Any, **__: Any) -> Any:
        """Return no key: drafts are built without constraints."""
        return {"constrained_columns": [], "name": None}

    def get_foreign_keys(self, *_: Any, **__: Any) -> Any:
        """Return none, as above."""
        return []

    def get_indexes(self, *_: Any, **__: Any) -> Any:
        """Return none, as above."""
        return []

    def get_unique_constraints(self, *_: Any, **__: Any) -> Any:
        """Return none, as above."""
        return []

    def get_check_constraints(self, *_: Any, **__: Any) -> Any:
        """Return none, as above."""
        return []


sa.dialects.registry.register("duckdb.shared", __name__, "DuckDBDialect")

_OPEN: dict[str, DuckDBPyConnection] = {}


def engine_for(connection: DuckDBPyConnection) -> sa.Engine:
    """Return a SQLAlchemy engine that speaks on the given connection, and on no other."""
    return sa.create_engine("duckdb+shared://", creator=lambda: _Connection(connection), poolclass=StaticPool)


def as_sql(clause: Any) -> str:
    """Return a SQLAlchemy clause as DuckDB's SQL with its values written in."""
    dialect: Any = DuckDBDialect
    return str(clause.compile(dialect=dialect(), compile_kwargs={"literal_binds": True}))


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):
    """Great Expectations' SQL engine on an open DuckDB connection, found by its key."""

    def _setup_engine(
        self,
        kwargs: Any,  # noqa: ARG002  # Great Expectations passes all of its ways to name a database by name
        connection_string: str | None = None,
        credentials: Any = None,  # noqa: ARG002  # as above
        url: str | None = None,  # noqa: ARG002  # as above
    ) -> None:
        self.engine = engine_for(_OPEN[str(connection_string)])


class DuckDBDatasource(SQLDatasource):
    """A data source whose connection string is a key of this process, so it can never open a second connection."""

    type: Literal["duckdb"] = "duckdb"  # type: ignore[assignment]  # its own way to name a kind of source
    connection_string: str  # a key, not one of the addresses its base class allows

    @property
    def execution_engine_type(self) -> Any:
        """Return the engine that runs on the open connection."""
        return DuckDBExecutionEngine

    def _create_engine(self) -> sa.Engine:
        return engine_for(_OPEN[self.connection_string])


@contextmanager
def datasource(connection: DuckDBPyConnection) -> Iterator[Any]:
    """Give a Great Expectations data source on the connection, in a context that leaves nothing on disk.

    Progress bars and analytics are off. The connection stays open and its transaction untouched.
    """
    key = f"connection-{id(connection)}"
    _OPEN[key] = connection
    context = _context()
    # whoever works with Great Expectations beside us may have made another
    project_manager.set_project(context)
    sources = context.data_sources.all()
    source = DuckDBDatasource(name=key, connection_string=key)
    source._data_context = context  # noqa: SLF001  # as `add_duckdb` does, which then writes all down as YAML
    sources[key] = source
    try:
        yield source
    finally:
        del sources[key]
        del _OPEN[key]


@cache  # each setting is written down as YAML, which takes longer than judging a small table
def _context() -> Any:
    # set to INFO by itself, it tells of temporary folders of its own
    logging.getLogger("great_expectations.data_context.types.base").setLevel(logging.WARNING)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    context.enable_analytics(enable=False)
    return context
