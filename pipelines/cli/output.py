"""Rows on stdout: a table for people, or data alone as CSV or JSON with exact decimals."""

from __future__ import annotations

import csv
import json
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from shutil import get_terminal_size
from typing import Any

Row = Mapping[str, Any]
_GAP = 2
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
    cells = [[_table_cell(row.get(column)) for column in columns] for row in rows]
    is_number = [any(isinstance(row.get(column), Decimal | int) for row in rows) for column in columns]
    widths = [max(map(_width, column)) for column in zip(columns, *cells, strict=True)]
    room = get_terminal_size().columns if sys.stdout.isatty() else sys.maxsize
    if sum(widths) + _GAP * len(widths) > room:
        _write_wrapped(cells, columns, is_number)
        return
    for line in (columns, *cells):
        padded = [
            " " * (width - _width(text)) + text if right else text + " " * (width - _width(text))
            for text, width, right in zip(line, widths, is_number, strict=True)
        ]
        print((" " * _GAP).join(padded).rstrip())
    if not rows:
        print("(no rows)", file=sys.stderr)


def _write_wrapped(cells: Sequence[Sequence[str]], columns: Sequence[str], is_number: Sequence[bool]) -> None:
    """Write a table wider than the terminal: texts are broken inside their columns, numbers never."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold", pad_edge=False)
    for column, right in zip(columns, is_number, strict=True):
        table.add_column(column, justify="right" if right else "left", no_wrap=right, overflow="fold")
    for line in cells:
        table.add_row(*(Text(text) for text in line))
    Console(highlight=False).print(table)


def _width(text: str) -> int:
    """Return how many columns of a terminal the text takes: a Chinese character takes two."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(character) else 1 + (unicodedata.east_asian_width(character) in "WF")
        for character in text
    )


def _table_cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, Decimal):
        return f"{Decimal(plain(value)):,}"
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
