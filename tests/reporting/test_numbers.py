from __future__ import annotations

from decimal import Decimal

import pytest

from pipelines.reporting import numbers

D = Decimal


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        ("21501000", "2,150 万元", "¥21.50m"),
        ("215010000", "2.15 亿元", "¥215.01m"),
        ("99999999", "1.00 亿元", "¥100.00m"),  # 10,000 万 would be the rounding's doing
        (
            "9999500",
            "1,000 万元",
            "¥10.00m",
        ),  # 999.95 万 rounds up to 1,000.0, so the larger unit's rule holds
        ("9999400", "999.9 万元", "¥10.00m"),
        ("84750", "8.5 万元", "¥84.8k"),  # half up: 8.475 -> 8.5, 84.75 -> 84.8
        ("9999.6", "1.0 万元", "¥10.0k"),
        ("9999.4", "9,999 元", "¥10.0k"),
        ("162.064963", "162.06 元", "¥162.06"),
        ("0", "0 元", "¥0"),
        ("-298800", "-29.9 万元", "-¥298.8k"),
        ("-0.001", "0.00 元", "¥0.00"),
    ],
)
def test_money_of_any_size_takes_the_unit_that_fits(value: str, zh: str, en: str) -> None:
    text = numbers.money(D(value), "CNY")
    assert (text.zh, text.en) == (zh, en)


def test_money_in_another_currency_names_it() -> None:
    text = numbers.money(D("1234500"), "USD")
    assert (text.zh, text.en) == ("123.5 万美元", "$1.23m")


def test_money_of_nothing_is_a_dash() -> None:
    assert numbers.money(None, "CNY").zh == "–"


def test_money_signed_keeps_the_sign_before_the_symbol() -> None:
    assert numbers.money(D("2750000"), "CNY", signed=True).en == "+¥2.75m"
    assert numbers.money(D("-654000"), "CNY", signed=True).en == "-¥654.0k"


def test_rounding_is_half_up_and_never_negative_zero() -> None:
    assert numbers.grouped(D("0.125"), 2) == "0.13"
    assert numbers.grouped(D("-0.004"), 2) == "0.00"
    assert numbers.grouped(D("-1234567.5"), 0) == "-1,234,568"


def test_change_of_a_growth_is_a_percentage_with_its_sign() -> None:
    change = numbers.change(D("21501"), D("19439"))  # 21501 / 19439 = 1.10607…
    assert change.text.zh == "+10.6%"
    assert change.direction == 1


def test_change_on_a_base_of_zero_or_less_cannot_be_told() -> None:
    for base in (D(0), D(-5), None):
        assert numbers.change(D(10), base).text.zh == "–"
        assert numbers.change(D(10), base).direction == 0


def test_change_below_half_a_percent_is_flat() -> None:
    assert numbers.change(D("100.4"), D(100)).is_flat
    assert not numbers.change(D("100.5"), D(100)).is_flat
    assert numbers.change(D("100.4"), D(100)).direction == 0


def test_change_of_a_rate_is_in_points() -> None:
    change = numbers.change(D("0.26"), D("0.205"), of_rate=True)
    assert change.text.en == "+5.5 pp"


def test_change_above_999_percent_is_capped() -> None:
    assert numbers.change(D(2000), D(10)).text.en == ">999%"
    assert numbers.change(D("109.9"), D(10)).text.en == "+999.0%"


def test_table_unit_is_one_for_all_and_said() -> None:
    unit = numbers.table_unit([D("8161000"), D("0"), None], "CNY")
    assert (unit.label.zh, unit.label.en) == ("万元", "¥ k")
    assert (unit.of(D("8161000")).zh, unit.of(D("8161000")).en) == ("816.1", "8,161")
    assert unit.of(D("-40")).zh == "0.0"


def test_table_unit_of_small_amounts_is_the_currency_itself() -> None:
    assert numbers.table_unit([D("999.5")], "CNY").of(D("999.5")).zh == "999.50"
    assert numbers.table_unit([D(99_999)], "CNY").label.zh == "元"


def test_table_unit_label_in_a_chart_drops_decimals_from_four_digits_on() -> None:
    unit = numbers.table_unit([D("24778000")], "CNY")
    assert unit.short(D("24778000")).zh == "2,478"
    assert unit.short(D("-699000")).zh == "-69.9"


def test_full_money_has_the_cent() -> None:
    text = numbers.full_money(D("-1234.5"), "CNY")
    assert (text.zh, text.en) == ("-1,234.50 元", "-¥1,234.50")
