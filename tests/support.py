"""What several test folders need: raw tables by hand, and models built on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import resources
from pipelines.warehouse import models

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PARAMETERS: dict[str, Any] = {
    "as_of": date(2026, 10, 31),
    "base_currency": "CNY",
    "time_zone": "Asia/Shanghai",
    "aging_basis": "due",
    "aging_bounds": [30, 60, 90, 180, 365],
    "cash_application": "fifo",
    "conversion_window_days": 90,
    "lapsed_days": 180,
    "default_payment_terms_days": 30,
    "fiscal_start": 1,
    "month_close_day": 0,
    "holiday_dates": [],
    "holiday_names_zh": [],
    "holiday_names_en": [],
    "working_weekends": [],
}


def empty_raw(connection: DuckDBPyConnection) -> None:
    """Create every `raw.<kind>` table and `raw.order_versions`, empty, with their columns, and the tables of `ops`."""
    from pipelines.exports import declarations, versions

    connection.execute("create schema if not exists raw; create schema if not exists ops")
    for path in sorted((resources.path("sql") / "ops").glob("*.sql")):
        connection.execute(path.read_text(encoding="utf-8"))
    for kind in declarations.kinds().values():
        columns = ", ".join(f'"{column.name}" {column.sql_type}' for column in kind.columns)
        connection.execute(f'create table raw."{kind.name}" (file_no integer, source_row bigint, {columns})')
    connection.execute(f"create table raw.order_versions ({versions.columns()})")


def insert(connection: DuckDBPyConnection, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert the rows by column name; file_no is 1 and source_row counts on from 2 unless given.

    No two rows of a table stand in the same place, as in a build: models tell documents by it.
    """
    schema, name = table.split(".")
    before = connection.execute(f'select count(*) from "{schema}"."{name}"').fetchone() or (0,)
    for number, row in enumerate(rows, start=2 + before[0]):
        filled = {"file_no": 1, "source_row": number, **row} if schema == "raw" else dict(row)
        columns = ", ".join(f'"{column}"' for column in filled)
        marks = ", ".join("?" for _ in filled)
        connection.execute(
            f'insert into "{schema}"."{name}" ({columns}) values ({marks})', list(filled.values())
        )


@cache
def _models(folder: Path) -> tuple[models.Model, ...]:
    from pipelines import warehouse

    with warehouse.connect() as connection:
        return tuple(models.load_folder(folder, connection))


def build(connection: DuckDBPyConnection, stems: Iterable[str] | None = None, **parameters: Any) -> None:
    """Build the named models (`stg_orders` …) and all they need; every model when none is named."""
    known = _models(resources.path("sql"))
    if stems is not None:
        wanted = set(stems)
        names = [model.name for model in known if model.name.split(".")[1] in wanted]
        missing = wanted - {name.split(".")[1] for name in names}
        if missing:
            message = f"no such model: {', '.join(sorted(missing))}"
            raise LookupError(message)
        known = tuple(models.needed_for(names, known))
    existing = models.relations(connection)
    models.build(
        connection, [model for model in known if model.name not in existing], {**PARAMETERS, **parameters}
    )
