"""Rows as pandas frames whose money stays exact.

Every column is Arrow-backed (`pandas.ArrowDtype`): DECIMAL stays decimal128, so that sums and differences in
pandas are exact; dates stay dates, and null is null. Dividing gives what Arrow's decimals give: ask a metric for
a ratio instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from pipelines.errors import ModelError, UsageError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from pandas import DataFrame


def table(connection: DuckDBPyConnection, sql: str, parameters: Mapping[str, Any] | None = None) -> DataFrame:
    """Return the rows of a SELECT as a frame with exact decimals; `parameters` fill its `$names`.

    Raises ModelError, with the nearest names, for a table or column that the publication does not have.
    """
    import duckdb

    try:
        found = connection.execute(sql, dict(parameters or {}))
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        raise ModelError(
            "The publication does not have what is asked for",
            found=str(error).splitlines()[0],
            hint=" ".join(str(error).splitlines()[1:2]),
            next_step="`salesdesk reference` lists tables and columns; a publication older than the code is renewed "
            "by `salesdesk build`",
        ) from error
    return from_arrow(found.to_arrow_table(), {"kind": "table"})


def from_arrow(rows: Any, about: Mapping[str, Any]) -> DataFrame:
    """Return an Arrow table as a frame; `about` becomes its `.attrs`, and its `.plot` is `analysis.figure`."""
    import pandas as pd

    from pipelines.analysis.house_frame import HouseFrame

    frame = HouseFrame(rows.to_pandas(types_mapper=pd.ArrowDtype))
    frame.attrs.update(about)
    return frame


def records(frame: DataFrame) -> list[dict[str, Any]]:
    """Return a frame's rows as Python values: Decimal, date, None; never a float."""
    columns: dict[str, Sequence[Any]] = {
        str(name): frame[name].array._pa_array.to_pylist()  # noqa: SLF001 - the only way that keeps null as None
        for name in frame.columns
    }
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def told(frame: DataFrame) -> dict[str, Any]:
    """Return what a frame says of itself in `.attrs`."""
    return {str(name): value for name, value in frame.attrs.items()}


def day(value: date | str | None, name: str) -> date | None:
    """Return a date given as one or as text. Raises UsageError for text that is none."""
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise UsageError(
            f"{name} is not a date", found=value, expected="a date such as 2026-10-31"
        ) from error
