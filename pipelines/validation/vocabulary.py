"""The expectations a suite may use: Great Expectations' own names, those that run truly on DuckDB.

Known without importing Great Expectations, so that a suite is refused in an instant. Contract tests run each of them on
good and on bad data; a name that is not here has not been tried.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ROWS_SATISFY = "expect_rows_to_satisfy"
NO_SUCH_ROWS = "unexpected_rows_expectation"
UNIQUE_TOGETHER = "expect_compound_columns_to_be_unique"
GREATER = "expect_column_pair_values_a_to_be_greater_than_b"
EQUAL = "expect_column_pair_values_to_be_equal"
ROW_COUNTS = frozenset({"expect_table_row_count_to_be_between", "expect_table_row_count_to_equal"})


@dataclass(frozen=True)
class Form:
    """How an expectation is written: whether it judges rows or the table, and its arguments.

    `columns` are the arguments that name columns of the table.
    """

    level: Literal["row", "table"]
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    columns: tuple[str, ...] = ("column",)

    @property
    def arguments(self) -> tuple[str, ...]:
        """Every argument it takes."""
        return self.required + self.optional


_LIMITS = ("min_value", "max_value")
_BOUNDS = (*_LIMITS, "strict_min", "strict_max")


def _row(*required: str, optional: tuple[str, ...] = ()) -> Form:
    return Form("row", ("column", *required), optional)


def _column(*required: str, optional: tuple[str, ...] = ()) -> Form:
    return Form("table", ("column", *required), optional)


def _table(*required: str, optional: tuple[str, ...] = ()) -> Form:
    return Form("table", required, optional, columns=())


FORMS: dict[str, Form] = {
    "expect_column_values_to_not_be_null": _row(),
    "expect_column_values_to_be_null": _row(),
    "expect_column_values_to_be_unique": _row(),
    "expect_column_values_to_be_between": _row(optional=_BOUNDS),
    "expect_column_values_to_be_in_set": _row("value_set"),
    "expect_column_values_to_not_be_in_set": _row("value_set"),
    "expect_column_values_to_match_regex": _row("regex"),
    "expect_column_values_to_not_match_regex": _row("regex"),
    "expect_column_values_to_match_regex_list": _row("regex_list", optional=("match_on",)),
    "expect_column_values_to_not_match_regex_list": _row("regex_list"),
    "expect_column_values_to_match_like_pattern": _row("like_pattern"),
    "expect_column_values_to_not_match_like_pattern": _row("like_pattern"),
    "expect_column_value_lengths_to_be_between": _row(optional=_BOUNDS),
    "expect_column_value_lengths_to_equal": _row("value"),
    UNIQUE_TOGETHER: Form("row", ("column_list",), columns=("column_list",)),
    GREATER: Form("row", ("column_A", "column_B"), ("or_equal",), columns=("column_A", "column_B")),
    EQUAL: Form("row", ("column_A", "column_B"), columns=("column_A", "column_B")),
    "expect_table_row_count_to_be_between": _table(optional=_LIMITS),
    "expect_table_row_count_to_equal": _table("value"),
    "expect_table_column_count_to_be_between": _table(optional=_LIMITS),
    "expect_table_column_count_to_equal": _table("value"),
    "expect_table_columns_to_match_set": _table("column_set", optional=("exact_match",)),
    "expect_table_columns_to_match_ordered_list": _table("column_list"),
    "expect_column_to_exist": Form("table", ("column",), ("column_index",), columns=()),
    "expect_column_min_to_be_between": _column(optional=_BOUNDS),
    "expect_column_max_to_be_between": _column(optional=_BOUNDS),
    "expect_column_sum_to_be_between": _column(optional=_BOUNDS),
    "expect_column_mean_to_be_between": _column(optional=_BOUNDS),
    "expect_column_median_to_be_between": _column(optional=_BOUNDS),
    "expect_column_stdev_to_be_between": _column(optional=_BOUNDS),
    "expect_column_unique_value_count_to_be_between": _column(optional=_BOUNDS),
    "expect_column_proportion_of_unique_values_to_be_between": _column(optional=_BOUNDS),
    "expect_column_proportion_of_non_null_values_to_be_between": _column(optional=_BOUNDS),
    "expect_column_distinct_values_to_be_in_set": _column("value_set"),
    "expect_column_distinct_values_to_contain_set": _column("value_set"),
    "expect_column_distinct_values_to_equal_set": _column("value_set"),
    "expect_column_most_common_value_to_be_in_set": _column("value_set", optional=("ties_okay",)),
    NO_SUCH_ROWS: _table("unexpected_rows_query"),
}
