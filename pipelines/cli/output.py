"""Rows on stdout: a table for people, or data alone as CSV or JSON with exact decimals."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

Row = Mapping[str, Any]
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class Format(StrEnum):
    """How rows are written."""

    table = "table"
    csv = "csv"
    json = "json"


def write(rows: Sequence[Row], columns: Sequence[str], form: Format) -> None:
    """Write the rows to stdout in the form asked for."""
    match form:
        case Format.csv:
            _write_csv(rows, columns)
        case Format.json:
            print("[" + ",\n ".join(_json_object(row, columns) for row in rows) + "]")
        case Format.table:
            _write_table(rows, columns)


def plain(amount: Decimal) -> str:
    """Write a decimal exactly, with at least two decimals and no trailing zeros beyond."""
    text = format(amount, "f")
    whole, _, places = text.partition(".")
    places = places.rstrip("0").ljust(2, "0")
    return f"{whole}.{places}"


def inert(text: str) -> str:
    """Keep a spreadsheet from running text that begins like a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, bool):
        return str(value).lower()
    return inert(value) if isinstance(value, str) else str(value)


def _write_csv(rows: Sequence[Row], columns: Sequence[str]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(row.get(column)) for column in columns] for row in rows)


def _json_object(row: Row, columns: Sequence[str]) -> str:
    return (
        "{" + ", ".join(f"{json.dumps(column)}: {_json_value(row.get(column))}" for column in columns) + "}"
    )


def _json_value(value: Any) -> str:
    if isinstance(value, Decimal):
        return plain(value)  # a JSON number with every digit, which no float has touched
    if isinstance(value, date | datetime):
        return json.dumps(value.isoformat())
    return json.dumps(value, ensure_ascii=False)


def _write_table(rows: Sequence[Row], columns: Sequence[str]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        numeric = any(isinstance(row.get(column), Decimal | int) for row in rows)
        table.add_column(column, justify="right" if numeric else "left", no_wrap=numeric)
    for row in rows:
        table.add_row(*(Text(_table_cell(row.get(column))) for column in columns))
    # piped output is not cut to a terminal's width
    Console(width=None if sys.stdout.isatty() else 1_000, highlight=False).print(table)
    if not rows:
        print("(no rows)", file=sys.stderr)


def _table_cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, Decimal):
        return f"{Decimal(plain(value)):,}"
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
