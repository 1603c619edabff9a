"""A column of discounts is read as the rows prove it; what may be either, taken off or left to pay, is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipelines.errors import AmbiguousExport
from tests.exports.desk import Desk

_HEADER = "订单号,订单日期,客户编号,数量,单价,{}"


def _file(column: str, *rows: str) -> tuple[str, str]:
    lines = [f"A{number},2026-02-05,C,{row}" for number, row in enumerate(rows, start=1)]
    return "订单.csv", "\n".join([_HEADER.format(column), *lines, ""])


@pytest.mark.parametrize(
    ("column", "rows", "off"),
    [
        ("折扣,金额", ("2,50,0.9,90", "1,100,0.85,85.00", "1,100,1,100"), ("0.1", "0.15", "0")),
        ("折扣,金额", ("2,50,9,90", "1,33.33,8.5,28.33"), ("0.1", "0.15")),
        ("折扣率(%),金额", ("2,50,90,90", "1,100,100,100"), ("0.1", "0")),
        ("折扣率(%),金额", ("2,50,10,90", "1,100,1,99", "1,100,0.5,99.5"), ("0.1", "0.01", "0.005")),
        ("折扣率,金额", ("2,50,0.1,90", "1,100,0.85,15"), ("0.1", "0.85")),
        ("折扣", ("2,50,9折", "2,50,八五折", "2,50,9.5"), ("0.1", "0.15", "0.05")),
        ("折扣", ("2,50,1", "2,50,100"), ("0", "0")),
        ("折扣率", ("2,50,5%", "2,50,0.1", "2,50,15"), ("0.05", "0.1", "0.15")),
        ("discount rate", ("2,50,0.9", "2,50,30"), ("0.9", "0.3")),
        ("discount percent", ("2,50,1", "2,50,30"), ("0.01", "0.3")),
    ],
    ids=[
        "paid",
        "tenths",
        "paid_percent",
        "percent",
        "off",
        "folds",
        "none",
        "small",
        "english",
        "english_percent",
    ],
)
def test_discount_is_read_as_its_rows_prove(
    desk: Desk, column: str, rows: tuple[str, ...], off: tuple[str, ...]
) -> None:
    desk.give(_file(column, *rows))

    found = desk.rows("select discount_rate from raw.orders order by order_id")
    assert found == [(Decimal(one),) for one in off]


@pytest.mark.parametrize(
    ("column", "rows"),
    [
        ("折扣", ("2,50,0.9", "2,50,0.85")),
        ("折扣", ("2,50,9",)),
        ("折扣率", ("2,50,90%",)),
        ("折扣,金额", ("2,50,0.9,90", "2,50,0.9,10")),
    ],
    ids=["share", "tenths", "percent", "contradiction"],
)
def test_discount_that_may_be_either_is_refused(desk: Desk, column: str, rows: tuple[str, ...]) -> None:
    with pytest.raises(AmbiguousExport, match="left to pay") as refused:
        desk.give(_file(column, *rows))

    assert "discount: paid" in str(refused.value)


def test_mapping_says_what_a_discount_means(desk: Desk) -> None:
    columns = (
        "order_id: 订单号, order_date: 订单日期, customer_id: 客户编号, quantity: 数量, unit_price: 单价"
    )
    desk.mapping(
        "shop.yaml",
        "source: shop\nlabel: {zh: 店, en: shop}\nmatch: {headers: [订单号, 折扣]}\nfeeds:\n"
        f"- {{kind: orders, columns: {{{columns}, discount_rate: {{from: 折扣, discount: paid}}}}}}\n",
    )

    desk.give(_file("折扣", "2,50,0.9"))

    assert desk.rows("select discount_rate from raw.orders") == [(Decimal("0.1"),)]
