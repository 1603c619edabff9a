"""The dialect: on the owner's connection and in its transaction, and honest where a stock one passes falsely."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def test_dialect_query_comparison_that_differs_fails(connection: DuckDBPyConnection) -> None:
    """Through a stock SQLAlchemy dialect `select 1` against `select 2` passes: both results were lost to a rollback."""
    import great_expectations as gx
    from great_expectations.expectations.core.expect_query_results_to_match_comparison import (
        ExpectQueryResultsToMatchComparison,
    )

    from pipelines.validation import dialect

    connection.execute("create table t as select 1 as a")
    with dialect.datasource(connection) as source:
        batch = (
            source.add_table_asset("t", table_name="t").add_batch_definition_whole_table("all").get_batch()
        )
        results = batch.validate(
            gx.ExpectationSuite(
                name="t",
                expectations=[
                    ExpectQueryResultsToMatchComparison(
                        base_query="select 1 as a",
                        comparison_data_source_name=source.name,
                        comparison_query=comparison,
                    )
                    for comparison in ("select 2 as a", "select 1 as a")
                ],
            ),
            result_format="SUMMARY",
        ).results
    assert [result.success for result in results] == [False, True]


def test_dialect_uncommitted_rows_are_seen_and_left_uncommitted(connection: DuckDBPyConnection) -> None:
    from pipelines.validation import dialect

    connection.execute("create table t (a integer)")
    connection.execute("begin")
    connection.execute("insert into t values (1)")
    engine = dialect.engine_for(connection)
    with engine.connect() as opened:
        rows = opened.exec_driver_sql("select count(*) from t").fetchall()
    assert [tuple(row) for row in rows] == [(1,)]
    connection.execute("rollback")
    assert connection.execute("select count(*) from t").fetchall() == [(0,)]


def test_dialect_result_outlives_the_rollback_of_its_connection(connection: DuckDBPyConnection) -> None:
    from pipelines.validation import dialect

    with dialect.engine_for(connection).connect() as opened:
        result = opened.exec_driver_sql("select 42")
        opened.rollback()
        assert result.fetchone() == (42,)


def test_dialect_money_and_dates_come_back_exact(connection: DuckDBPyConnection) -> None:
    import sqlalchemy as sa

    from pipelines.validation import dialect

    connection.execute("create table t (amount decimal(18, 4), day date, flag boolean)")
    connection.execute("insert into t values (199999000.0001, date '2026-02-28', true)")
    engine = dialect.engine_for(connection)
    with engine.connect() as opened:
        assert opened.exec_driver_sql("from t").fetchone() == (
            Decimal("199999000.0001"),
            date(2026, 2, 28),
            True,
        )
        columns = sa.inspect(opened).get_columns("t")
    assert [str(column["type"]) for column in columns] == ["DECIMAL(18, 4)", "DATE", "BOOLEAN"]


def test_dialect_table_that_is_missing_is_named(connection: DuckDBPyConnection) -> None:
    import sqlalchemy as sa

    from pipelines.validation import dialect

    with (
        dialect.engine_for(connection).connect() as opened,
        pytest.raises(sa.exc.NoSuchTableError, match="nowhere"),
    ):
        sa.inspect(opened).get_columns("nowhere")


def test_dialect_leaves_nothing_on_disk(
    connection: DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipelines.validation import dialect

    monkeypatch.chdir(tmp_path)
    connection.execute("create table t as select 1 as a")
    with dialect.datasource(connection) as source:
        source.add_table_asset("t", table_name="t").add_batch_definition_whole_table("all").get_batch()
    assert list(tmp_path.iterdir()) == []
    assert connection.execute("select a from t").fetchall() == [(1,)]
