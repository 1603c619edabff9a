"""Rows on stdout: exact decimals, inert text, data alone."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from decimal import Decimal

import pytest

from pipelines.cli.output import Format, Row, inert, plain, write

ROWS = [
    {
        "customer": "=1+1",
        "day": date(2026, 1, 31),
        "amount": Decimal("1234567.8900"),
        "open": True,
        "none": None,
    }
]
COLUMNS = ["customer", "day", "amount", "open", "none"]


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("100", "100.00"),
        ("0.1000", "0.10"),
        ("9747747.9340", "9747747.934"),
        ("-0.0001", "-0.0001"),
        ("1E+3", "1000.00"),
    ],
)
def test_plain_decimal_is_exact_with_two_decimals_at_least(amount: str, text: str) -> None:
    assert plain(Decimal(amount)) == text


def test_json_keeps_every_digit_of_a_decimal(capsys: pytest.CaptureFixture[str]) -> None:
    write([{"amount": Decimal("12345678901234567.8901")}], ["amount"], Format.json)
    out = capsys.readouterr().out
    assert json.loads(out, parse_float=Decimal) == [{"amount": Decimal("12345678901234567.8901")}]


def test_json_of_no_rows_is_an_empty_list(capsys: pytest.CaptureFixture[str]) -> None:
    write([], ["amount"], Format.json)
    assert json.loads(capsys.readouterr().out) == []


def test_csv_neutralises_formulas_and_leaves_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    write([*ROWS, {"customer": "-x", "amount": Decimal(-5)}], COLUMNS, Format.csv)
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    assert rows == [COLUMNS, ["'=1+1", "2026-01-31", "1234567.89", "true", ""], ["'-x", "", "-5.00", "", ""]]


def test_table_shows_markup_in_data_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    write([{"customer": "[red]x[/red]", "amount": Decimal("1234.5")}], ["customer", "amount"], Format.table)
    out = capsys.readouterr().out
    assert "[red]x[/red]" in out
    assert "1,234.50" in out


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx"])
def test_inert_marks_what_a_spreadsheet_would_run(text: str) -> None:
    assert inert(text) == f"'{text}"


def test_inert_leaves_ordinary_text() -> None:
    assert inert("华东 = East") == "华东 = East"


def test_table_lines_up_chinese_and_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    rows: list[Row] = [{"region": "华东", "amount": Decimal("1234.5")}, {"region": "N", "amount": None}]
    write(rows, ["region", "amount"], Format.table)
    # a Chinese character is as wide as two letters
    assert capsys.readouterr().out == "region    amount\n华东    1,234.50\nN              –\n"


def test_table_wider_than_the_terminal_wraps_texts_and_keeps_numbers_whole(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "40")
    write([{"words": "word " * 30, "amount": Decimal("1234567.89")}], ["words", "amount"], Format.table)
    lines = re.sub(r"\x1b\[[\d;]*m", "", capsys.readouterr().out).splitlines()
    assert max(map(len, lines)) <= 40
    assert "1,234,567.89" in lines[1]
    assert "".join(lines).count("word") == 31  # the heading and each of the 30
