"""Amounts are of the unit and currency that the header's brackets or the cells tell, never silently of our own."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines import exports, warehouse
from pipelines.errors import AmbiguousExport
from pipelines.exports import currencies
from pipelines.exports.declarations import kinds
from pipelines.exports.units import unit_of
from pipelines.settings import Settings
from tests.exports.desk import Desk

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("金额", (1, "")),
        ("金额(元)", (1, "元")),
        ("金额（含税）", (1, "")),
        ("金额（万元）", (10_000, "元")),
        ("金額（單位：萬元）", (10_000, "元")),
        ("金额[百万]", (1_000_000, "")),
        ("Amount ($'000)", (1_000, "$")),
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
        ("销售明细表\n单位：万元", (10_000, "元")),
        ("编制单位：杭州某某有限公司 单位：元", (1, "元")),
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
        ("订单号,订单日期,客户编号,金额（万元）\nA,2026-02-05,C,12.5\n", [(125_000, "CNY")]),
        (f"单位：万元,,,\n{HEADER}\nA,2026-02-05,C,12.5\n", [(125_000, "CNY")]),
        ("订单号,订单日期,客户编号,金额(USD)\nA,2026-02-05,C,12.5\n", [(Decimal("12.5"), "USD")]),
        (
            f'{HEADER}\nA,2026-02-05,C,"US$1,000.50"\nB,2026-02-05,C,€7\nC,2026-02-05,C,8\n',
            [(Decimal("1000.5"), "USD"), (7, "EUR"), (8, None)],
        ),
        ("订单号,订单日期,客户编号,金额,币种\nA,2026-02-05,C,$9,HKD\n", [(9, "HKD")]),
        (
            "订单号,订单日期,客户编号,金额,币种\nA,2026-02-05,C,$9,\nB,2026-02-05,C,8,\nD,2026-02-05,C,7,EUR\n",
            [(9, "USD"), (8, None), (7, "EUR")],
        ),
        (
            f"{HEADER}\nA,2026-02-05,C,NT$9\nB,2026-02-05,C,-C$8\nD,2026-02-05,C,7 SGD\n",
            [(9, "TWD"), (-8, "CAD"), (7, "SGD")],
        ),
        ("订单号,订单日期,客户编号,单价(元),金额(CNY),数量\nA,2026-02-05,C,9,9,1\n", [(9, "CNY")]),
    ],
    ids=["header", "above", "currency", "cells", "column", "blanks", "dollars", "sign_and_code"],
)
def test_load_of_amounts_takes_the_unit_and_currency_told(
    desk: Desk, text: str, amounts: list[tuple[Decimal | int, str | None]]
) -> None:
    desk.give(("订单.csv", text))

    assert desk.rows("select amount, currency from raw.orders order by order_id") == amounts


@pytest.mark.parametrize(
    ("base", "sign", "currency"),
    [
        ("", "$", "USD"),
        ("CNY", "$", "USD"),
        ("HKD", "$", "HKD"),
        ("CAD", "$", "CAD"),
        ("HKD", "US$", "USD"),
        ("USD", "¥", "CNY"),
        ("JPY", "￥", "JPY"),
        ("TWD", "元", "TWD"),
        ("USD", "元", "CNY"),
        ("SGD", "本位币", "SGD"),
    ],
    ids=range(10),
)
def test_sign_of_several_currencies_is_the_companys_own_where_that_is_one(
    connection: DuckDBPyConnection, base: str, sign: str, currency: str
) -> None:
    told = connection.execute(
        f"select {currencies.known_currency('sign', base)} from (select ? as sign)", [sign]
    )

    assert told.fetchone() == (currency,)


def test_load_of_a_dollar_in_a_company_that_counts_in_hong_kong_dollars_is_one_of_them(desk: Desk) -> None:
    rows = "A,2026-02-05,C,$9\nB,2026-02-05,C,¥8\nD,2026-02-05,C,US$7\nE,2026-02-05,C,6\n"
    desk.land(desk.write("订单.csv", f"{HEADER}\n{rows}"))

    exports.read(desk.home, Settings(home=desk.home, base_currency="HKD"))

    with warehouse.connect() as connection:
        found = connection.execute(
            "select amount::integer, currency from read_parquet(?) order by 1 desc",
            [str(desk.home / "landing" / "*" / "*" / "twins-*" / "*.parquet")],
        ).fetchall()
    assert found == [(9, "HKD"), (8, "CNY"), (7, "USD"), (6, None)]


def test_load_of_an_amount_with_another_currencys_sign_than_its_row_is_quarantined(desk: Desk) -> None:
    header = "订单号,订单日期,客户编号,金额,币种"
    rows = "A,2026-02-05,C,$9,EUR\nB,2026-02-05,C,¥9,JPY\nD,2026-02-05,C,US$9,HKD\nE,2026-02-05,C,9 EUR,EUR\n"

    desk.give(("订单.csv", f"{header}\n{rows}"))

    told = desk.rows(
        "select source_row, column_name, found, reason_code from ops.quarantine order by source_row"
    )
    assert told == [(2, "amount", "$9", "other_currency"), (4, "amount", "US$9", "other_currency")]


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
