"""The row conditions that Great Expectations leaves to each database, written for DuckDB.

Patterns (it refuses a dialect it does not know), uniqueness (its own form reads the table again for each key and gives
no keys for compound ones) and one condition of ours: a row satisfies an SQL predicate.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import sqlalchemy as sa
from great_expectations.expectations.expectation import ColumnMapExpectation
from great_expectations.expectations.metrics.map_metric_provider import (
    ColumnMapMetricProvider,
    column_condition_partial,
)

from pipelines.validation.dialect import DuckDBDialect, DuckDBExecutionEngine


def as_sql(clause: Any) -> str:
    """Return a SQLAlchemy clause as DuckDB's SQL with its values written in."""
    return str(clause.compile(dialect=DuckDBDialect(), compile_kwargs={"literal_binds": True}))


def quoted(name: str) -> str:
    """Return a column's name as an SQL identifier."""
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _matches(column: Any, pattern: str) -> Any:
    return sa.func.regexp_matches(column, pattern)


def _once(columns: Sequence[Any], table: Any) -> Any:
    """Say that a key occurs once: integer hashes find the few candidates, the values themselves decide."""
    names = ", ".join(quoted(str(column.name)) for column in columns)
    source = f"({as_sql(table)}) as scope"
    repeated = (
        f"select {names} from {source} where hash({names}) in "
        f"(select hash({names}) from {source} group by all having count(*) > 1) group by all having count(*) > 1"
    )
    present = " and ".join(f"{quoted(str(column.name))} is not null" for column in columns)
    return sa.literal_column(f"(not ({present} and ({names}) in ({repeated})))")


class _Unique(ColumnMapMetricProvider):
    condition_metric_name = "column_values.unique"

    @column_condition_partial(engine=DuckDBExecutionEngine)
    def _duckdb(cls, column: Any, _table: Any, **_: Any) -> Any:  # noqa: N805  # Great Expectations passes the class
        return _once([column], _table)


class _Regex(ColumnMapMetricProvider):
    condition_metric_name = "column_values.match_regex"
    condition_value_keys = ("regex",)

    @column_condition_partial(engine=DuckDBExecutionEngine)
    def _duckdb(cls, column: Any, regex: str, **_: Any) -> Any:  # noqa: N805  # as above
        return _matches(column, regex)


class _NotRegex(ColumnMapMetricProvider):
    condition_metric_name = "column_values.not_match_regex"
    condition_value_keys = ("regex",)

    @column_condition_partial(engine=DuckDBExecutionEngine)
    def _duckdb(cls, column: Any, regex: str, **_: Any) -> Any:  # noqa: N805  # as above
        return sa.not_(_matches(column, regex))


class _RegexList(ColumnMapMetricProvider):
    condition_metric_name = "column_values.match_regex_list"
    condition_value_keys = ("regex_list", "match_on")

    @column_condition_partial(engine=DuckDBExecutionEngine)
    def _duckdb(cls, column: Any, regex_list: list[str], match_on: str | None, **_: Any) -> Any:  # noqa: N805  # as above
        each = [_matches(column, regex) for regex in regex_list]
        return sa.and_(*each) if match_on == "all" else sa.or_(*each)


class _NotRegexList(ColumnMapMetricProvider):
    condition_metric_name = "column_values.not_match_regex_list"
    condition_value_keys = ("regex_list",)

    @column_condition_partial(engine=DuckDBExecutionEngine)
    def _duckdb(cls, column: Any, regex_list: list[str], **_: Any) -> Any:  # noqa: N805  # as above
        return sa.and_(*[sa.not_(_matches(column, regex)) for regex in regex_list])


class _Like(ColumnMapMetricProvider):
    condition_metric_name = "column_values.match_like_pattern"
    condition_value_keys = ("like_pattern", "escape")

    @column_condition_partial(engine=DuckDBExecutionEngine)
    def _duckdb(cls, column: Any, like_pattern: str, **_: Any) -> Any:  # noqa: N805  # as above
        return column.like(like_pattern)


class _NotLike(ColumnMapMetricProvider):
    condition_metric_name = "column_values.not_match_like_pattern"
    condition_value_keys = ("like_pattern", "escape")

    @column_condition_partial(engine=DuckDBExecutionEngine)
    def _duckdb(cls, column: Any, like_pattern: str, **_: Any) -> Any:  # noqa: N805  # as above
        return sa.not_(column.like(like_pattern))


class _RowsSatisfy(ColumnMapMetricProvider):
    condition_metric_name = "rows.satisfy"
    condition_value_keys = ("predicate",)
    filter_column_isnull = False

    @column_condition_partial(engine=DuckDBExecutionEngine)
    def _duckdb(cls, column: Any, predicate: str, **_: Any) -> Any:  # noqa: N805, ARG002  # as above
        return sa.literal_column(f"coalesce(({predicate}), true)")


class ExpectRowsToSatisfy(ColumnMapExpectation):
    """Expect every row to satisfy an SQL predicate; what cannot be told (null) counts as satisfied."""

    predicate: str
    map_metric: ClassVar[str] = "rows.satisfy"
    success_keys: ClassVar[tuple[str, ...]] = ("predicate", "mostly")
    args_keys: ClassVar[tuple[str, ...]] = ("column", "predicate")
