"""Small suites and tables for the validation tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

WHY = {"zh": "为什么", "en": "Why."}
COUNTS_ROWS = {"id": "rows", "expectation": "expect_table_row_count_to_be_between", "min_value": 0}


def rule(name: str, **written: Any) -> dict[str, Any]:
    """A rule with what every rule needs."""
    return {"id": name, "severity": "warning", "then": "flag", "why": WHY, **written}


def write_suite(
    folder: Path, rules: Sequence[Mapping[str, Any]], stem: str = "stg_things", **keys: Any
) -> Path:
    """Write a suite of a staging table that counts its rows and holds the rules."""
    declared = {
        "table": f"staging.{stem}",
        "key": ["id"],
        "rules": [rule(**_named(COUNTS_ROWS)), *rules],
        **keys,
    }
    path = folder / f"{stem}.yaml"
    path.write_text(yaml.safe_dump(declared, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def _named(written: Mapping[str, Any]) -> dict[str, Any]:
    return {("name" if key == "id" else key): value for key, value in written.items()}


def things(connection: DuckDBPyConnection, rows: str, stem: str = "stg_things") -> None:
    """Create a staging table from `(id, amount, code, day, other_day)` values; file 1, source rows from 2."""
    connection.execute("create schema if not exists staging")
    connection.execute(
        f"create or replace table staging.{stem} "
        "(file_no integer, source_row bigint, id integer, amount decimal(18, 4), code varchar, "
        "day date, other_day date)"
    )
    if rows:
        connection.execute(
            f"insert into staging.{stem} select 1, row_number() over () + 1, * from (values {rows}) as given"
        )
