"""Reads one cell as the reader does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.exports import cleaning
from pipelines.exports.declarations import Column, Words, sql_type

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.exports.cleaning import Reading

FAULT = "fault"


def read(connection: DuckDBPyConnection, name: str, text: str, reading: Reading) -> Any:
    """Return a cell's value, None where it holds nothing, FAULT where it is no value of its column."""
    column = Column(
        name, sql_type(name), Words("", ""), (), (), is_personal=False, nets_refunds=name == "amount"
    )
    query = f"""
        select
            case
                when quick is not null then quick
                when shaped is not null then {cleaning.slow(column, "shaped", reading)}
            end,
            shaped is not null,
            quick is not null
        from (
            select *, case when quick is null then {cleaning.shape(column, "cell", reading)} end as shaped
            from (
                select cell, {cleaning.certain(column, "first", reading)} as quick
                from (select $cell::varchar as cell, {cleaning.fast(column, "cell", reading)} as first)
            )
        )
    """
    row = connection.execute(query, {"cell": text}).fetchone()
    assert row is not None
    value, has_shape, was_quick = row
    return FAULT if value is None and has_shape and not was_quick else value
