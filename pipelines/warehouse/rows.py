"""Rows that Python holds, put into a table."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def insert(connection: DuckDBPyConnection, target: str, rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows of one length into `target`: a table, with its columns in parentheses where not all are given.

    One statement: `executemany` plans each row anew, a millisecond each. No rows are no statement.
    """
    if rows:
        marks = ", ".join([f"({', '.join('?' * len(rows[0]))})"] * len(rows))
        connection.execute(f"insert into {target} values {marks}", list(chain.from_iterable(rows)))
