"""Amounts are of the unit and currency that the header's brackets or the cells tell, never silently of our own."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from pipelines import exports
from pipelines.errors import AmbiguousExport
from pipelines.exports.declarations import kinds
from pipelines.exports.units import unit_of
from tests.exports.desk import Desk


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("金额", (1, "")),
        ("金额(元)", (1, "")),
        ("金额（含税）", (1, "")),
        ("金额（万元）", (10_000, "")),
        ("金額（單位：萬元）", (10_000, "")),
        ("金额[百万]", (1_000_000, "")),
        ("Amount ($'000)", (1_000, "USD")),
        ("Amount (in EUR thousands)", (1_000, "EUR")),
        ("金额（万美元）", (10_000, "USD")),
        ("单价(USD/PCS)", (1, "USD")),
        ("Amount (HK$)", (1, "HKD")),
        ("Amount (KRW)", (1, "KRW")),
        ("金额(人民币)", (1, "CNY")),
        ("重量(千克)", (1, "")),
        ("Amount (m)", (1, "")),
    ],
    ids=range(15),
)
def test_header_tells_unit_and_currency_in_brackets(header: str, unit: tuple[int, str]) -> None:
    assert unit_of(header, kinds()["orders"].column("amount")) == unit


def test_header_of_quantities_in_a_currencys_name_tells_none() -> None:
    assert unit_of("数量（千元）", kinds()["orders"].column("quantity")) == (1, "")


@pytest.mark.parametrize(
    ("above", "unit"),
    [
        ("销售明细表\n单位：万元", (10_000, "")),
        ("编制单位：杭州某某有限公司 单位：元", (1, "")),
        ("购货单位：万里公司", (1, "")),
        ("币种：美元 金额单位：千元", (1_000, "USD")),
        ("Currency: EUR", (1, "EUR")),
    ],
    ids=range(5),
)
def test_line_above_the_table_tells_the_unit_of_money(above: str, unit: tuple[int, str]) -> None:
    orders = kinds()["orders"]

    assert unit_of("金额", orders.column("amount"), above) == unit
    assert unit_of("数量", orders.column("quantity"), above) == (1, "")
    assert unit_of("金额(元)", orders.column("amount"), above)[0] == 1


HEADER = "订单号,订单日期,客户编号,金额"


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("订单号,订单日期,客户编号,金额（万元）\nA,2026-02-05,C,12.5\n", [(125_000, None)]),
        (f"单位：万元,,,\n{HEADER}\nA,2026-02-05,C,12.5\n", [(125_000, None)]),
        ("订单号,订单日期,客户编号,金额(USD)\nA,2026-02-05,C,12.5\n", [(Decimal("12.5"), "USD")]),
        (
            f'{HEADER}\nA,2026-02-05,C,"US$1,000.50"\nB,2026-02-05,C,€7\nC,2026-02-05,C,8\n',
            [(Decimal("1000.5"), "USD"), (7, "EUR"), (8, None)],
        ),
        ("订单号,订单日期,客户编号,金额,币种\nA,2026-02-05,C,$9,HKD\n", [(9, "HKD")]),
    ],
    ids=["header", "above", "currency", "cells", "column"],
)
def test_load_of_amounts_takes_the_unit_and_currency_told(
    desk: Desk, text: str, amounts: list[tuple[Decimal | int, str | None]]
) -> None:
    desk.give(("订单.csv", text))

    assert desk.rows("select amount, currency from raw.orders order by order_id") == amounts


def test_load_of_a_foreign_sign_beyond_the_sample_is_no_number(desk: Desk) -> None:
    plain = "".join(f"A{row},2026-02-05,C,1\n" for row in range(1_000))

    desk.give(("订单.csv", f"{HEADER}\n{plain}B,2026-02-05,C,$9\n"))

    assert desk.rows("select source_row, found, reason_code from ops.quarantine") == [
        (1_002, "$9", "not_a_number")
    ]


def test_amounts_in_two_currencies_and_no_column_to_say_which_are_refused(desk: Desk) -> None:
    with pytest.raises(AmbiguousExport, match="different currencies"):
        desk.give(
            ("订单.csv", "订单号,订单日期,客户编号,单价(USD),金额(人民币),数量\nA,2026-02-05,C,1,7,1\n")
        )


def test_draft_of_a_mapping_keeps_unit_and_currency(tmp_path: Path) -> None:
    export, draft = tmp_path / "o.csv", tmp_path / "o.yaml"
    export.write_text("订单号,订单日期,客户编号,金额（万美元）\nA,2026-02-05,C,12.5\n", encoding="utf-8")

    exports.inspect(export, tmp_path, write_mapping=draft)

    told = draft.read_text(encoding="utf-8")
    assert '      amount: {from: "金额（万美元）", scale: 10000}\n      currency: {constant: USD}\n' in told
