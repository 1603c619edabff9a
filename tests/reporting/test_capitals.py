"""Amounts in Chinese capitals; the examples of the People's Bank's rules for bills, and what they leave out."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipelines.reporting.capitals import capitals


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("0", "零元整"),
        ("1409.50", "壹仟肆佰零玖元伍角整"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
        ("107000.53", "壹拾万柒仟元伍角叁分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("0.05", "伍分"),
        ("0.30", "叁角整"),
        ("10000001", "壹仟万零壹元整"),
        ("100010000", "壹亿零壹万元整"),
        ("1000100000000", "壹万亿零壹亿元整"),
        ("-41.25", "负肆拾壹元贰角伍分"),
        ("-0.001", "零元整"),
        ("0.005", "壹分"),
    ],
)
def test_capitals_of_an_amount_are_those_of_a_bill(amount: str, written: str) -> None:
    assert capitals(Decimal(amount)) == written


def test_capitals_of_what_no_bill_carries_are_refused() -> None:
    with pytest.raises(ValueError, match="no capitals"):
        capitals(Decimal(10) ** 16)
