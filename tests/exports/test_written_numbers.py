"""Numbers: every way of writing an amount, a share, a discount, a whole number, read right or refused."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.exports.cleaning import Reading
from tests.exports.cell import FAULT, read

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1234.5", "1234.5"),
        ("1,234.50", "1234.5"),
        ("1,00,000.00", "100000"),
        ("¥1,234.50", "1234.5"),
        ("￥-5", "-5"),
        ("CNY 12", "12"),
        ("12元", "12"),
        ("(1,234.50)", "-1234.5"),
        ("1,234.50-", "-1234.5"),
        ("１，２３４．５", "1234.5"),
        ("1 234.5", "1234.5"),
        ("\u202d1234.5\u202c", "1234.5"),
        ("125.43999999999998", "125.44"),
        ("12,5", FAULT),
        ("1.234,50", FAULT),
        ("131.77(已退款89.84)", "41.93"),
        ("￥1,131.77（已退款：￥1,000.00）", "131.77"),
        ("131.77 (refunded 89.84)", "41.93"),
        ("50.00(已全额退款)", "0"),
        ("50(已退款50)", "0"),
        ("50(已退款50.01)", FAULT),
        ("50(已退款)", FAULT),
        ("-50(已退款10)", FAULT),
        ("50(含运费10)", FAULT),
        ("1.23E+19", FAULT),
        ("1.23E+08", FAULT),  # a spreadsheet's rounding; 1.23 and 1.2349 million look alike
        ("1.0E7", "10000000"),
        ("1e+05", "100000"),
        ("1_000", FAULT),
        ("1_000.50", FAULT),
        ("0x10", FAULT),
        ("infinity", FAULT),
        ("−5", "-5"),
        ("1’234’567.5", "1234567.5"),
        ("1 2", FAULT),
        ("1 234 5", FAULT),
        ("1'2", FAULT),
        ("12 000 元", "12000"),
        ("-US$5", "-5"),
        ("NT$ 5", "5"),
        ("5 SGD", "5"),
        ("人民币5", "5"),
        ("CARP 5", FAULT),
        ("NaN ok", FAULT),
        ("12abc", FAULT),
        (".", FAULT),
        ("", None),
        ("--", None),
        ("null", None),
    ],
)
def test_amount_as_written_is_read_or_refused(connection: DuckDBPyConnection, text: str, value: Any) -> None:
    found = read(connection, "amount", text, Reading())

    assert found == (value if value in (None, FAULT) else Decimal(value))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.234,56", "1234.56"),
        ("1 234,56", "1234.56"),
        ("1.234", "1234"),
        ("12,5", "12.5"),
        ("1.23", FAULT),
        ("7", "7"),
    ],
)
def test_amount_with_decimal_comma_reads_points_as_grouping(
    connection: DuckDBPyConnection, text: str, value: str
) -> None:
    found = read(connection, "amount", text, Reading(decimal_comma=True))

    assert found == (FAULT if value == FAULT else Decimal(value))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.13", "0.13"),
        ("13", "0.13"),
        ("13%", "0.13"),
        ("1%", "0.01"),
        ("1", "0.01"),  # the levy of small taxpayers; no tax is 100 %
        ("0.5", "0.5"),  # for a rule to flag
        ("免税", "0"),
        ("***", "0"),
        ("dear", FAULT),
        ("1_3", FAULT),
    ],
)
def test_tax_rate_is_a_share_however_it_is_written(
    connection: DuckDBPyConnection, text: str, value: str
) -> None:
    found = read(connection, "tax_rate", text, Reading())

    assert found == (FAULT if value == FAULT else Decimal(value))


@pytest.mark.parametrize(
    ("text", "value"), [("19,0%", "0.19"), ("0,125", "0.125"), ("0.19", "0.19"), ("7", "0.07")]
)
def test_tax_rate_with_decimal_comma_takes_no_point_for_grouping(
    connection: DuckDBPyConnection, text: str, value: str
) -> None:
    assert read(connection, "tax_rate", text, Reading(decimal_comma=True)) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [("7", 7), ("007", 7), ("1,000", 1000), ("7.0", 7), ("1e3", 1000), ("7.5", FAULT), ("1e-3", FAULT)]
    + [(text, FAULT) for text in ("0x10", "0b11", "1_0", "1E+3")],
)
def test_whole_number_is_read_as_people_write_it(
    connection: DuckDBPyConnection, text: str, value: Any
) -> None:
    assert read(connection, "line_no", text, Reading()) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("30", 30),
        ("60天", 60),
        ("30 days", 30),
        ("Net 30", 30),
        ("1 day", 1),
        ("月结30天", FAULT),
        ("30d2", FAULT),
    ],
)
def test_days_are_read_with_their_unit(connection: DuckDBPyConnection, text: str, value: Any) -> None:
    assert read(connection, "payment_terms_days", text, Reading()) == value


def test_whole_number_that_counts_no_days_has_no_unit(connection: DuckDBPyConnection) -> None:
    assert read(connection, "line_no", "7天", Reading()) == FAULT


@pytest.mark.parametrize(
    ("meaning", "text", "off"),
    [
        ("deducted", "0.1", "0.1"),
        ("deducted", "10", "0.1"),
        ("deducted", "10%", "0.1"),
        ("deducted", "1", "1"),
        ("deducted", "-0.05", "-0.05"),
        ("percent", "1", "0.01"),
        ("percent", "0.5", "0.005"),
        ("paid", "0.9", "0.1"),
        ("paid", "9", "0.1"),
        ("paid", "90", "0.1"),
        ("paid", "90%", "0.1"),
        ("paid", "1", "0"),
        ("paid", "100", "0"),
        ("paid", "0", FAULT),
        *((meaning, "9折", "0.1") for meaning in ("deducted", "percent", "paid")),
        ("deducted", "9.5折", "0.05"),
        ("deducted", "85折", "0.15"),
        ("deducted", "九折", "0.1"),
        ("deducted", "八五折", "0.15"),
        ("deducted", "不打折", "0"),
        ("deducted", "打折", FAULT),
    ],
)
def test_discount_is_what_is_taken_off_whatever_the_column_holds(
    connection: DuckDBPyConnection, meaning: str, text: str, off: str
) -> None:
    found = read(connection, "discount_rate", text, Reading(discount=meaning))

    assert found == (FAULT if off == FAULT else Decimal(off))
