"""The contract with Great Expectations on DuckDB: every expectation we allow tells good data from bad."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipelines import validation
from pipelines.validation import lean_import, vocabulary, wording
from tests.validation.suite_files import rule, things, write_suite

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# (1, 2, 3) with amounts 1.10, 2.20, 3.30: good unless a case says otherwise.
ROWS = (
    "(1, 1.10, 'A-1', date '2026-01-01', date '2026-01-02'), "
    "(2, 2.20, 'A-2', date '2026-01-02', date '2026-01-03'), "
    "(3, 3.30, 'A-3', date '2026-01-03', date '2026-01-03')"
)
# expectation -> arguments that hold on ROWS, arguments that do not, how many rows then fail (0: a rule on the table)
CASES: dict[str, tuple[dict[str, Any], dict[str, Any], int]] = {
    "expect_column_values_to_not_be_null": ({"column": "id"}, {"column": "nothing"}, 3),
    "expect_column_values_to_be_null": ({"column": "nothing"}, {"column": "id"}, 3),
    "expect_column_values_to_be_unique": ({"column": "id"}, {"column": "same"}, 3),
    "expect_column_values_to_be_between": (
        {"column": "amount", "min_value": 1.1, "max_value": 3.3},
        {"column": "amount", "min_value": 1.1, "strict_min": True, "max_value": 2.2},
        2,
    ),
    "expect_column_values_to_be_in_set": (
        {"column": "code", "value_set": ["A-1", "A-2", "A-3"]},
        {"column": "code", "value_set": ["A-1", "it's"]},
        2,
    ),
    "expect_column_values_to_not_be_in_set": (
        {"column": "code", "value_set": ["B"]},
        {"column": "code", "value_set": ["A-3"]},
        1,
    ),
    "expect_column_values_to_match_regex": (
        {"column": "code", "regex": r"^A-\d$"},
        {"column": "code", "regex": "^A-[12]$"},
        1,
    ),
    "expect_column_values_to_not_match_regex": (
        {"column": "code", "regex": "^B"},
        {"column": "code", "regex": "[23]$"},
        2,
    ),
    "expect_column_values_to_match_regex_list": (
        {"column": "code", "regex_list": ["1$", "[23]$"]},
        {"column": "code", "regex_list": ["^A", "1$"], "match_on": "all"},
        2,
    ),
    "expect_column_values_to_not_match_regex_list": (
        {"column": "code", "regex_list": ["B", "C"]},
        {"column": "code", "regex_list": ["B", "1$"]},
        1,
    ),
    "expect_column_values_to_match_like_pattern": (
        {"column": "code", "like_pattern": "A-%"},
        {"column": "code", "like_pattern": "%-1"},
        2,
    ),
    "expect_column_values_to_not_match_like_pattern": (
        {"column": "code", "like_pattern": "B%"},
        {"column": "code", "like_pattern": "%-1"},
        1,
    ),
    "expect_column_value_lengths_to_be_between": (
        {"column": "code", "min_value": 3, "max_value": 3},
        {"column": "code", "min_value": 4},
        3,
    ),
    "expect_column_value_lengths_to_equal": (
        {"column": "code", "value": 3},
        {"column": "code", "value": 2},
        3,
    ),
    vocabulary.UNIQUE_TOGETHER: ({"column_list": ["same", "id"]}, {"column_list": ["same", "twice"]}, 2),
    vocabulary.GREATER: (
        {"column_A": "other_day", "column_B": "day", "or_equal": True},
        {"column_A": "other_day", "column_B": "day"},
        1,
    ),
    vocabulary.EQUAL: ({"column_A": "id", "column_B": "id"}, {"column_A": "other_day", "column_B": "day"}, 2),
    "expect_table_row_count_to_be_between": ({"min_value": 3, "max_value": 3}, {"min_value": 4}, 0),
    "expect_table_row_count_to_equal": ({"value": 3}, {"value": 2}, 0),
    "expect_table_column_count_to_be_between": ({"min_value": 10, "max_value": 10}, {"max_value": 9}, 0),
    "expect_table_column_count_to_equal": ({"value": 10}, {"value": 9}, 0),
    "expect_table_columns_to_match_set": (
        {"column_set": ["id", "amount"], "exact_match": False},
        {"column_set": ["id", "amount"]},
        0,
    ),
    "expect_table_columns_to_match_ordered_list": (
        {
            "column_list": [
                *("file_no", "source_row", "id", "amount", "code", "day", "other_day"),
                *("nothing", "same", "twice"),
            ]
        },
        {"column_list": ["id"]},
        0,
    ),
    "expect_column_to_exist": ({"column": "id"}, {"column": "missing"}, 0),
    "expect_column_min_to_be_between": (
        {"column": "amount", "min_value": 1.1},
        {"column": "amount", "min_value": 1.2},
        0,
    ),
    "expect_column_max_to_be_between": (
        {"column": "amount", "max_value": 3.3},
        {"column": "amount", "max_value": 3.2},
        0,
    ),
    "expect_column_sum_to_be_between": (
        {"column": "amount", "min_value": 6.6, "max_value": 6.6},
        {"column": "amount", "max_value": 6.5},
        0,
    ),
    "expect_column_mean_to_be_between": (
        {"column": "amount", "min_value": 2.1, "max_value": 2.3},
        {"column": "amount", "max_value": 2.1},
        0,
    ),
    "expect_column_median_to_be_between": (
        {"column": "amount", "min_value": 2.19, "max_value": 2.21},
        {"column": "amount", "max_value": 2.1},
        0,
    ),
    "expect_column_stdev_to_be_between": (
        {"column": "amount", "min_value": 1.0, "max_value": 1.2},
        {"column": "amount", "max_value": 1.0},
        0,
    ),
    "expect_column_unique_value_count_to_be_between": (
        {"column": "id", "min_value": 3, "max_value": 3},
        {"column": "same", "min_value": 2},
        0,
    ),
    "expect_column_proportion_of_unique_values_to_be_between": (
        {"column": "id", "min_value": 1},
        {"column": "same", "min_value": 0.5},
        0,
    ),
    "expect_column_proportion_of_non_null_values_to_be_between": (
        {"column": "id", "min_value": 1},
        {"column": "nothing", "min_value": 0.1},
        0,
    ),
    "expect_column_distinct_values_to_be_in_set": (
        {"column": "code", "value_set": ["A-1", "A-2", "A-3", "A-4"]},
        {"column": "code", "value_set": ["A-1"]},
        0,
    ),
    "expect_column_distinct_values_to_contain_set": (
        {"column": "code", "value_set": ["A-1"]},
        {"column": "code", "value_set": ["B"]},
        0,
    ),
    "expect_column_distinct_values_to_equal_set": (
        {"column": "code", "value_set": ["A-1", "A-2", "A-3"]},
        {"column": "code", "value_set": ["A-1"]},
        0,
    ),
    "expect_column_most_common_value_to_be_in_set": (
        {"column": "same", "value_set": [7]},
        {"column": "same", "value_set": [8]},
        0,
    ),
    vocabulary.NO_SUCH_ROWS: (
        {"query": "select id from {batch} where id > 3"},
        {"query": "select id from {batch}"},
        3,
    ),
}


@pytest.fixture
def three_rows(connection: DuckDBPyConnection) -> DuckDBPyConnection:
    things(connection, ROWS)
    connection.execute("alter table staging.stg_things add column nothing varchar")
    connection.execute("alter table staging.stg_things add column same integer default 7")
    connection.execute("alter table staging.stg_things add column twice integer")
    connection.execute("update staging.stg_things set twice = least(id, 2)")
    return connection


def _written(expectation: str, arguments: dict[str, Any]) -> dict[str, Any]:
    return arguments if "query" in arguments else {"expectation": expectation, **arguments}


def test_vocabulary_every_name_has_its_case() -> None:
    assert set(CASES) == set(vocabulary.FORMS)


def test_vocabulary_good_and_bad_data_are_told_apart(three_rows: DuckDBPyConnection, tmp_path: Path) -> None:
    write_suite(
        tmp_path,
        [
            rule(f"{side}_{expectation}", **_written(expectation, arguments))
            for expectation, (good, bad, _) in CASES.items()
            for side, arguments in (("good", good), ("bad", bad))
        ],
    )
    results = {
        result.rule_id: result for result in validation.validate(three_rows, "staging", "r", folder=tmp_path)
    }
    assert not [result for result in results.values() if result.broken]
    for expectation, (_, _, failing) in CASES.items():
        assert results[f"stg_things.good_{expectation}"].success, expectation
        bad = results[f"stg_things.bad_{expectation}"]
        assert not bad.success, expectation
        assert bad.failed_count == failing, expectation


def test_vocabulary_rules_on_sets_tell_which_values_are_missing_and_which_too_many(
    three_rows: DuckDBPyConnection, tmp_path: Path
) -> None:
    sets = ("to_contain_set", "to_be_in_set", "to_equal_set")
    names = [f"expect_column_distinct_values_{name}" for name in sets]
    arguments = {"column": "code", "value_set": ["A-1", "A-2", "B"]}
    write_suite(tmp_path, [rule(name, expectation=name, **arguments) for name in names])
    found = validation.validate(three_rows, "staging", "r", folder=tmp_path)
    assert [result.observed for result in found if not result.success] == [
        "missing: B",
        "unexpected: A-3",
        "missing: B; unexpected: A-3",
    ]


def test_vocabulary_arguments_are_those_of_great_expectations() -> None:
    engine = lean_import.engine()
    for expectation, form in vocabulary.FORMS.items():
        fields = engine._class_of(expectation).__fields__
        assert set(form.arguments) <= set(fields), expectation


def test_every_form_that_judges_rows_says_in_chinese_what_it_expects() -> None:
    assert {name for name, form in vocabulary.FORMS.items() if form.level == "row"} == set(wording.IN_CHINESE)
