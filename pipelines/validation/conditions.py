"""The row conditions that Great Expectations leaves to each database, written for DuckDB.

Patterns (it refuses a dialect it does not know) and one condition of ours: a row satisfies an SQL predicate. Uniqueness
is such a predicate too (`binding.once`): its own forms take a scan each, and compound ones give no keys.
"""

from __future__ import annotations

from typing import Any, ClassVar

import sqlalchemy as sa
from great_expectations.expectations.expectation import ColumnMapExpectation
from great_expectations.expectations.metrics.map_metric_provider.column_condition_partial import (
    column_condition_partial,
)
from great_expectations.expectations.metrics.map_metric_provider.column_map_metric_provider import (
    ColumnMapMetricProvider,
)

from pipelines.validation.dialect import DuckDBExecutionEngine


def _matches(column: Any, pattern: str) -> Any:
    return sa.func.regexp_matches(column, pattern)


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
