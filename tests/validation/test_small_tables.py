"""Every expectation we allow gives a true verdict on an empty table, on nulls alone and on one row.

Of rows that are not there every rule on rows holds, and of a value that is not there every rule on values; a figure
over no values is unknown, and what is unknown is not within bounds.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines import validation
from pipelines.validation import vocabulary
from tests.validation.suite_files import rule, things, write_suite
from tests.validation.test_vocabulary import CASES, _written

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NULLS = "(null, null, null, null::date, null::date)"
ONE = "(1, 1.10, 'A-1', date '2026-01-01', date '2026-01-02')"
# Rules on a column as a whole that need a value: without any they fail, whatever they ask for.
NEED_A_VALUE = {
    "expect_column_min_to_be_between",
    "expect_column_max_to_be_between",
    "expect_column_sum_to_be_between",
    "expect_column_mean_to_be_between",
    "expect_column_median_to_be_between",
    "expect_column_stdev_to_be_between",
    "expect_column_unique_value_count_to_be_between",
    "expect_column_proportion_of_unique_values_to_be_between",
    "expect_column_proportion_of_non_null_values_to_be_between",
    "expect_column_distinct_values_to_contain_set",
    "expect_column_distinct_values_to_equal_set",
    "expect_column_most_common_value_to_be_in_set",
}
# The cases hold on three rows; of one row these do not: there are not three, 1.10 is neither their mean, median nor
# sum, A-1 is not all their codes, and one value has no deviation.
NOT_OF_ONE_ROW = {
    "expect_table_row_count_to_be_between",
    "expect_table_row_count_to_equal",
    "expect_column_sum_to_be_between",
    "expect_column_mean_to_be_between",
    "expect_column_median_to_be_between",
    "expect_column_stdev_to_be_between",
    "expect_column_unique_value_count_to_be_between",
    "expect_column_distinct_values_to_equal_set",
}
COUNT_ROWS = {"expect_table_row_count_to_be_between", "expect_table_row_count_to_equal"}


def _holds(table: str, expectation: str) -> bool:
    """Say by hand whether the arguments that hold on three rows hold on this table."""
    if table == "one row":
        return expectation not in NOT_OF_ONE_ROW
    if expectation in NEED_A_VALUE | COUNT_ROWS:  # the cases ask for exactly three rows
        return False
    return expectation != "expect_column_values_to_not_be_null" or table == "empty"


@pytest.mark.parametrize(
    ("table", "rows"), [("empty", ""), ("nulls only", f"{NULLS}, {NULLS}"), ("one row", ONE)]
)
def test_every_expectation_is_true_of_small_tables(
    connection: DuckDBPyConnection, tmp_path: Path, table: str, rows: str
) -> None:
    things(connection, rows)
    connection.execute("alter table staging.stg_things add column nothing varchar")
    connection.execute("alter table staging.stg_things add column same integer")
    connection.execute("alter table staging.stg_things add column twice integer")
    connection.execute("update staging.stg_things set same = if(id is null, null, 7), twice = id")
    good = {expectation: arguments for expectation, (arguments, _, _) in CASES.items()}
    write_suite(
        tmp_path,
        [rule(expectation, **_written(expectation, arguments)) for expectation, arguments in good.items()],
    )
    found = validation.validate(connection, "staging", "r", folder=tmp_path)
    assert [result.rule_id for result in found if result.broken] == []
    told = {
        result.rule_id.split(".")[1]: result.success
        for result in found
        if result.rule_id != "stg_things.rows"
    }
    assert told == {expectation: _holds(table, expectation) for expectation in vocabulary.FORMS}


@pytest.mark.parametrize("bad", [-1, 2])
def test_counts_of_nothing_are_counts(connection: DuckDBPyConnection, tmp_path: Path, bad: int) -> None:
    """An empty table has zero rows, which a rule may ask for."""
    things(connection, "")
    count = "expect_table_row_count_to_equal"
    write_suite(
        tmp_path, [rule("zero", expectation=count, value=0), rule("other", expectation=count, value=bad)]
    )
    found = validation.validate(connection, "staging", "r", folder=tmp_path)
    assert {result.rule_id: result.success for result in found if "rows" not in result.rule_id} == {
        "stg_things.zero": True,
        "stg_things.other": False,
    }
