"""Cells: every way of writing a date, a number, a code, read right or refused."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.exports.cleaning import Reading
from pipelines.exports.declarations import kinds
from tests.exports.cell import FAULT, read

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

DAY = date(2026, 3, 5)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-03-05", DAY),
        ("2026/3/5", DAY),
        ("2026.3.5", DAY),
        ("20260305", DAY),
        ("2026年3月5日", DAY),
        ("2026年03月05日 10:30", DAY),
        ("2026-03-05 23:59:59", DAY),
        ("2026-03-05T10:00:00Z", DAY),
        ("2026-03-05 09:58:12 +0800", DAY),
        ("20260305101112", DAY),
        ("46086", DAY),  # 1899-12-30 + 46,086 days
        ("46086.5", DAY),
        ("5 Mar 2026", DAY),
        ("Mar 5, 2026", DAY),
        ("5-Mar-26", DAY),
        ("05/Mar/26", DAY),
        ("5 Mar 26", DAY),
        ("5-Mar-1999", date(1999, 3, 5)),
        ("２０２６－０３－０５", DAY),
        (" 2026-03-05 ", DAY),
        ("", None),
        ("-", None),
        ("N/A", None),
        ("2026-02-30", FAULT),
        ("03/05/2026", FAULT),
        ("0", FAULT),
        ("1026-03-05", FAULT),
        ("infinity", FAULT),
        ("soon", FAULT),
    ],
)
def test_date_as_written_is_read_or_refused(connection: DuckDBPyConnection, text: str, value: Any) -> None:
    assert read(connection, "order_date", text, Reading()) == value


@pytest.mark.parametrize(
    ("text", "order", "value"),
    [
        ("05/03/2026", "dmy", DAY),
        ("03/05/2026", "mdy", DAY),
        ("5.3.26", "dmy", DAY),
        ("26-03-05", "ymd", DAY),
        ("05/03/1999 10:00", "dmy", date(1999, 3, 5)),
        ("03/05/71", "mdy", date(1971, 3, 5)),
        ("31/12/2026", "mdy", FAULT),
    ],
)
def test_short_date_is_read_in_the_order_decided(
    connection: DuckDBPyConnection, text: str, order: str, value: Any
) -> None:
    assert read(connection, "order_date", text, Reading(date_order=order)) == value


@pytest.mark.parametrize(
    ("zone", "text", "value"),
    [
        ("UTC", "2026-03-05 20:00:00", date(2026, 3, 6)),  # 20:00 UTC is 04:00 the next day in Shanghai
        ("UTC", "2026-03-05 20:00:00 UTC", date(2026, 3, 6)),
        ("UTC", "2026-03-05 23:00:00 +0800", DAY),
        ("UTC", "2026-03-05", DAY),
        ("", "2026-03-05T17:30:00Z", date(2026, 3, 6)),  # its own offset tells, where no zone is told
        ("", "2026-03-05T23:30:00.125-05:00", date(2026, 3, 6)),
        ("", "2026-03-06 00:30:00 +0900", DAY),  # 23:30 of the day before
        ("", "2026-03-05 23:30:00", DAY),
        ("", "2026-03-05T00:00:00+09:00", DAY),  # midnight is a date that a program wrote so
    ],
)
def test_timestamp_of_another_zone_is_moved_into_the_businesss(
    connection: DuckDBPyConnection, zone: str, text: str, value: Any
) -> None:
    reading = Reading(source_zone=zone, business_zone="Asia/Shanghai")

    assert read(connection, "order_date", text, reading) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("SO-1", "SO-1"),
        ('="0123"', "0123"),
        ("'0123", "0123"),
        ("SO-1\t", "SO-1"),
        ("００１", "001"),
        ("2185331234567890123", "2185331234567890123"),
        ("'s-Hertogenbosch", "'s-Hertogenbosch"),
        ("1.23E+19", FAULT),
        ("24312000000012345000", "24312000000012345000"),
        ("24312000000012300000", FAULT),
        ("#REF!", FAULT),
        ("", None),
    ],
)
def test_code_is_kept_as_text_unless_a_spreadsheet_spoilt_it(
    connection: DuckDBPyConnection, text: str, value: Any
) -> None:
    assert read(connection, "invoice_id", text, Reading()) == value


def test_code_shorter_than_its_fixed_width_has_lost_its_zeros(connection: DuckDBPyConnection) -> None:
    assert read(connection, "invoice_id", "611365", Reading(width=10)) == FAULT
    assert read(connection, "invoice_id", "0000611365", Reading(width=10)) == "0000611365"


@pytest.mark.parametrize(
    ("text", "value"),
    [("completed", "completed"), ("已完成", "completed"), ("In Production", "confirmed"), ("交易成功 ", "completed"),
     ("卖家已发货，等待买家确认", "shipped"), ("maybe", FAULT), ("", None)],
)  # fmt: skip
def test_status_word_is_translated_or_refused(connection: DuckDBPyConnection, text: str, value: Any) -> None:
    words = kinds()["orders"].words["status"]

    assert read(connection, "status", text, Reading(words=words)) == value
    assert read(connection, "status", text, Reading(words=words, seen=(text,))) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("CNY", "CNY"),
        ("usd", "USD"),
        ("人民币", "CNY"),
        ("￥", "CNY"),
        ("$", "USD"),
        ("PLN", "PLN"),
        ("Dollars", FAULT),
    ],
)
def test_currency_is_a_code_of_three_letters(connection: DuckDBPyConnection, text: str, value: str) -> None:
    assert read(connection, "currency", text, Reading()) == value


@pytest.mark.parametrize(
    ("text", "value"), [("是", True), ("N", False), ("TRUE", True), ("0", False), ("maybe", FAULT)]
)
def test_yes_or_no_is_read_in_both_languages(connection: DuckDBPyConnection, text: str, value: Any) -> None:
    assert read(connection, "is_credit_note", text, Reading()) == value


@pytest.mark.parametrize(
    ("text", "value"), [("3", 3), ("3.0", 3), ("３", 3), ("3.5", FAULT), ("9999999999", FAULT)]
)
def test_whole_number_is_never_rounded(connection: DuckDBPyConnection, text: str, value: Any) -> None:
    assert read(connection, "line_no", text, Reading()) == value


@pytest.mark.parametrize(
    ("text", "value"), [("2026-03", 1), ("2026年3月", 1), ("202603", 1), ("2026-03-05", 5)]
)
def test_period_may_be_a_month(connection: DuckDBPyConnection, text: str, value: int) -> None:
    assert read(connection, "period_start", text, Reading()) == date(2026, 3, value)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        # 9×1+1×3+3×9+3×27+0+2×26+0+3×17+1×20+5×29+6×25+4×13+1×8+7×24+4×10 = 806 = 26 × 31: the check character is 0.
        ("tax_id", "913302031564174000", "913302031564174000"),
        ("customer_id", "913302031564174000", "913302031564174000"),
        ("tax_id", "913302031564175000", FAULT),
        ("tax_id", "91330203156417000000", FAULT),
        # An invoice's number is no credit code, whatever its digits add up to.
        ("invoice_id", "913302031564174000", FAULT),
    ],
)
def test_code_ending_in_zeros_is_sound_when_its_check_character_is_right(
    connection: DuckDBPyConnection, name: str, text: str, value: str
) -> None:
    assert read(connection, name, text, Reading()) == value
