"""A suite that cannot mean what it says is refused by name, before any data is read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipelines import validation
from pipelines.errors import SuiteError
from pipelines.validation import suites
from tests.validation.suite_files import WHY, rule, things, write_suite

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NULLS = "expect_column_values_to_not_be_null"


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ({"expectation": "expect_column_values_to_not_be_nul", "column": "id"}, f"did you mean {NULLS}"),
        ({"expectation": NULLS, "colum": "id"}, "colum"),
        ({"expectation": NULLS}, "no column"),
        ({"expectation": NULLS, "column": "id", "predicate": "true"}, "expectation and predicate"),
        ({}, "exactly one way"),
        ({"predicate": "true"}, "name the columns"),
        ({"query": "select 1 from somewhere"}, "as {batch}"),
        ({"expectation": NULLS, "column": "id", "severity": "fatal"}, "critical | warning | info"),
        ({"expectation": NULLS, "column": "id", "then": "delete"}, "quarantine | flag | stop"),
        ({"expectation": NULLS, "column": "id", "mostly": 1.5}, "mostly"),
        ({"expectation": NULLS, "column": "id", "mostly": 0}, "mostly"),
        (
            {"expectation": "expect_table_row_count_to_equal", "value": 1, "mostly": 0.5},
            "Only a rule on rows",
        ),
        ({"expectation": NULLS, "column": "id", "then": "stop"}, "critical"),
        ({"expectation": NULLS, "column": "id", "severity": "critical"}, "only flag"),
        ({"expectation": "expect_table_row_count_to_equal", "value": 1, "then": "quarantine"}, "staged rows"),
        ({"expectation": NULLS, "column": "id", "why": {"zh": "只有中文"}}, "both languages"),
        ({"id": "rows", "expectation": NULLS, "column": "id"}, "used twice"),
    ],
)
def test_suite_with_a_slip_is_refused_by_name(tmp_path: Path, written: dict[str, Any], words: str) -> None:
    path = write_suite(tmp_path, [{**rule("slip"), **written}])
    with pytest.raises(SuiteError) as refused:
        suites.load(path)
    assert words in str(refused.value)
    assert "stg_things.yaml" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("- a\n- b\n", "not a mapping"),
        ("table: [\n", "cannot be read"),
        ("table: staging.stg_others\nrules: []\n", "its file name"),
        ("table: staging.stg_things\nrules: []\n", "without rules"),
        ("table: staging.stg_things\nrule: []\n", "did you mean rules"),
        (
            (
                f"table: staging.stg_things\nrules:\n  - {{id: a, expectation: {NULLS}, column: id, severity: info, "
                "then: flag, why: {zh: 一, en: One.}}\n"
            ),
            "counts rows",
        ),
    ],
)
def test_suite_that_checks_nothing_is_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "stg_things.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SuiteError) as refused:
        suites.load(path)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ({"expectation": NULLS, "column": "amout"}, "did you mean amount"),
        ({"predicate": "true", "columns": ["id", "nothing"]}, "nothing"),
        ({"predicate": "amount >", "columns": ["amount"]}, "not accepted"),
        ({"predicate": "nothing > 0", "columns": ["amount"]}, "not accepted"),
        ({"predicate": "id in (select id from staging.nowhere)", "columns": ["id"]}, "nowhere"),
        ({"query": "select nothing from {batch}"}, "not accepted"),
        ({"predicate": "day <= $as_of", "columns": ["day"]}, "$as_of"),
    ],
)
def test_rule_that_does_not_fit_its_table_is_refused_before_data_is_read(
    connection: DuckDBPyConnection, tmp_path: Path, written: dict[str, Any], words: str
) -> None:
    things(connection, "(1, 1.0, 'A', date '2026-01-01', date '2026-01-01')")
    write_suite(tmp_path, [rule("slip", **written)])
    with pytest.raises(SuiteError) as refused:
        validation.validate(connection, "staging", "r", folder=tmp_path)
    assert words in str(refused.value)
    assert "slip" in str(refused.value)
    assert connection.execute("select count(*) from ops.expectation_results").fetchall() == [(0,)]


def test_suite_of_a_table_that_is_missing_is_refused(connection: DuckDBPyConnection, tmp_path: Path) -> None:
    write_suite(tmp_path, [])
    things(connection, "", stem="stg_thongs")
    with pytest.raises(SuiteError, match="does not exist") as refused:
        validation.validate(connection, "staging", "r", folder=tmp_path)
    assert "did you mean staging.stg_thongs" in str(refused.value)


def test_stage_that_is_unknown_is_refused(connection: DuckDBPyConnection, tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match="no such stage"):
        validation.validate(connection, "stagin", "r", folder=tmp_path)


def test_rule_says_what_it_was_told(tmp_path: Path) -> None:
    path = write_suite(
        tmp_path,
        [
            rule(
                "dates",
                predicate="day <= other_day",
                columns=["day", "other_day"],
                mostly=0.95,
                metrics=["orders"],
            )
        ],
        amount="amount",
    )
    suite = suites.load(path)
    assert (suite.table, suite.stage, suite.stem, suite.kind) == (
        "staging.stg_things",
        "staging",
        "stg_things",
        "things",
    )
    dates = suite.rules[1]
    assert (dates.id, dates.level, dates.columns) == ("stg_things.dates", "row", ("day", "other_day"))
    assert (str(dates.mostly), dates.metrics, dates.words_en) == ("0.95", ("orders",), WHY["en"])
