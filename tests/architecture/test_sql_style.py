"""Rules of the SQL that no SQL linter knows: a header that tells the row, exact money, no clock."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import PROJECT, write

FLOAT = re.compile(
    r"::\s*(double|float|float4|float8|real)\b|\bas\s+(double|float|float4|float8|real)\b", re.IGNORECASE
)
# What divides with one stroke is a float in DuckDB, and half a unit is rounded up or down as it falls.
DIVISION = re.compile(r"(?<!/)/(?!/)")
_STRING = re.compile(r"'[^']*'")
# A float is right for a shape or a statistic, never for money: the reason stands beside it.
EXEMPT = re.compile(r"--\s*double:\s*\S+")
CLOCK = re.compile(
    r"\b(current_date|current_time|current_timestamp|localtime|localtimestamp)\b"
    r"|\b(now|today|get_current_time|get_current_timestamp|transaction_timestamp)\s*\(",
    re.IGNORECASE,
)


def code_of(line: str) -> str:
    """Return the line without its comment; `--` inside a string literal is not one."""
    quoted = False
    for position, character in enumerate(line):
        if character == "'":
            quoted = not quoted
        elif not quoted and line.startswith("--", position):
            return line[:position]
    return line


def _lines(root: Path, *patterns: str) -> Iterator[tuple[str, int, str]]:
    for pattern in patterns:
        for path in sorted(path for folder in ("sql", "reports") for path in (root / folder).rglob(pattern)):
            name = path.relative_to(root).as_posix()
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                yield name, number, line


def header_problems(root: Path) -> list[str]:
    """Return every SQL file that does not begin by telling what one row is."""
    return [
        f"{name}: begin with a comment: what one row is, what is left out, why"
        for name, number, line in _lines(root, "*.sql")
        if number == 1 and not re.match(r"--\s*\S", line)
    ]


def float_problems(root: Path) -> list[str]:
    """Return every cast to a float that gives no reason."""
    return [
        f"{name}:{number}: a float needs its reason (-- double: why); money is DECIMAL"
        for name, number, line in _lines(root, "*.sql", "*.yaml")
        if FLOAT.search(code_of(line)) and not EXEMPT.search(line)
    ]


def division_problems(root: Path) -> list[str]:
    """Return every division by a float that gives no reason: an exact quotient is made of whole units with `//`."""
    return [
        f"{name}:{number}: a quotient needs whole units and //, or its reason (-- double: why)"
        for name, number, line in _lines(root, "*.sql")
        if DIVISION.search(_STRING.sub("", code_of(line))) and not EXEMPT.search(line)
    ]


def clock_problems(root: Path) -> list[str]:
    """Return every SQL that asks the clock instead of $as_of."""
    return [
        f"{name}:{number}: no clock in SQL; bind $as_of"
        for name, number, line in _lines(root, "*.sql")
        if CLOCK.search(code_of(line))
    ]


def test_sql_files_of_the_project_tell_their_row() -> None:
    assert header_problems(PROJECT) == []


def test_sql_of_the_project_keeps_money_exact() -> None:
    assert float_problems(PROJECT) == []


def test_sql_of_the_project_divides_exactly() -> None:
    assert division_problems(PROJECT) == []


def test_sql_of_the_project_asks_no_clock() -> None:
    assert clock_problems(PROJECT) == []


@pytest.mark.parametrize("text", ["select 1\n", "\n-- one row per order\nselect 1\n", "--\nselect 1\n"])
def test_sql_without_a_header_is_told(tmp_path: Path, text: str) -> None:
    write(tmp_path, "sql/marts/fct_orders.sql", text)
    assert len(header_problems(tmp_path)) == 1


@pytest.mark.parametrize(
    ("line", "is_told"),
    [
        ("    amount::double as amount,", True),
        ("    cast(amount as double),", True),
        ("    try_cast(amount as FLOAT),", True),
        ("    amount :: real,", True),
        ("    amount::double as amount, -- double:", True),
        ("    skew::double as skew, -- double: a shape, no money", False),
        ("    amount::decimal(18, 4) as double_amount,", False),
        ("    -- never amount::double here", False),
    ],
)
def test_float_in_sql_is_told_unless_it_gives_its_reason(tmp_path: Path, line: str, *, is_told: bool) -> None:
    write(tmp_path, "sql/marts/fct_orders.sql", f"-- one row per order\nselect\n{line}\n")
    assert bool(float_problems(tmp_path)) is is_told


@pytest.mark.parametrize(
    ("line", "is_told"),
    [
        ("    (balance / credit_limit)::decimal(18, 4),", True),
        ("    balance/credit_limit,", True),
        ("    (2 * balance + credit_limit) // (2 * credit_limit),", False),
        ("    split_part(key, ' / ', 1), -- order / line", False),
        ("    floor(days / 7), -- double: whole days", False),
    ],
)
def test_division_in_sql_is_told_unless_it_is_of_whole_units(
    tmp_path: Path, line: str, *, is_told: bool
) -> None:
    write(tmp_path, "sql/marts/fct_orders.sql", f"-- one row per order\nselect\n{line}\n")
    assert bool(division_problems(tmp_path)) is is_told


def test_float_in_a_metric_declaration_is_told(tmp_path: Path) -> None:
    write(tmp_path, "sql/metrics/revenue.yaml", "numerator: sum(base_net_amount::double)\n")
    assert len(float_problems(tmp_path)) == 1


@pytest.mark.parametrize(
    ("line", "is_told"),
    [
        ("where due_date < current_date", True),
        ("where created_at < NOW()", True),
        ("    '--', today () as day,", True),
        ("where due_date < $as_of -- not current_date", False),
        ("    known_now, nowhere(1)", False),
    ],
)
def test_clock_in_sql_is_told(tmp_path: Path, line: str, *, is_told: bool) -> None:
    write(tmp_path, "sql/marts/fct_orders.sql", f"-- one row per order\nselect 1\n{line}\n")
    assert bool(clock_problems(tmp_path)) is is_told
