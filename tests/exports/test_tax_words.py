"""Amounts whose header says that tax is in them are taken so, and those that say it is not are not."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipelines import exports
from pipelines.exports import tax_words
from tests.exports.desk import Desk


@pytest.mark.parametrize(
    ("header", "compared"),
    [
        ("金额(含税)", "含税金额"),
        ("含税单价", "含税单价"),
        ("單價（含稅）", "含税单价"),
        ("Unit Price (incl. VAT)", "含税unitprice"),
        ("amount including tax", "含税amount"),
        ("Price, GST included", "含税price"),
        ("金额(不含税)", ""),
        ("未含税金额", ""),
        ("Amount excl. VAT", ""),
        ("单价含税", ""),
        ("是否含税", ""),
        ("含税率", ""),
        ("含税", ""),
        ("税额", ""),
    ],
    ids=range(14),
)
def test_header_that_says_tax_is_included_is_compared_with_the_mark(header: str, compared: str) -> None:
    assert tax_words.without_mark(header) == compared


@pytest.mark.parametrize(
    ("columns", "cells", "read"),
    [
        ("金额(含税),税率", "113,13%", (None, 113, True)),
        ("价税合计,税额", "113,13", (None, 113, True)),
        ("金额（不含税）,税率", "100,13%", (None, 100, None)),
        ("金额,价税合计", "100,113", (None, 100, None)),
        ("数量,含税单价,金额,税率", "1,113,100,13", (113, 100, True)),
        ("数量,单价,价税合计,税率", "1,100,113,13", (100, 113, None)),
        ("数量,单价(含税),税率", "1,113,13", (113, None, True)),
        ("数量,单价,单价含税", "1,113,否", (113, None, False)),
    ],
    ids=["amount", "total", "net", "both", "price", "net_price", "brackets", "question"],
)
def test_order_is_read_with_the_tax_its_header_tells(
    desk: Desk, columns: str, cells: str, read: tuple[int | None, int | None, bool | None]
) -> None:
    desk.give(("订单.csv", f"订单号,订单日期,客户编号,{columns}\nA,2026-02-05,C,{cells}\n"))

    assert desk.rows("select unit_price, amount, price_includes_tax from raw.orders") == [read]


def test_order_with_tax_that_nothing_tells_says_so(desk: Desk) -> None:
    (reading,) = desk.give(("订单.csv", "订单号,订单日期,客户编号,金额(含税)\nA,2026-02-05,C,113\n"))

    assert [note.zh for note in reading.notes] == ["金额含税，而文件没有税率或税额：按含税计入"]


@pytest.mark.parametrize("column", ["金额(含税)", "发票金额（含税）", "Amount incl. VAT"], ids=range(3))
def test_invoice_of_an_amount_with_tax_is_gross(desk: Desk, column: str) -> None:
    desk.give(("发票.csv", f"发票号码,开票日期,客户编号,{column},税额\nA,2026-02-05,C,113,13\n"))

    assert desk.rows("select gross_amount, net_amount, tax_amount from raw.invoices") == [
        (Decimal(113), None, Decimal(13))
    ]


def test_order_whose_header_has_two_names_of_an_amount_says_which_is_read(desk: Desk) -> None:
    (reading,) = desk.give(("订单.csv", "订单号,订单日期,客户编号,金额,销售额\nA,2026-02-05,C,9,8\n"))

    assert [note.en for note in reading.notes] == ["金额: 销售额 may mean the same and is not read"]


def test_draft_of_a_mapping_keeps_that_tax_is_included(desk: Desk) -> None:
    path, draft = (
        desk.write("o.csv", "订单号,下单日,客户编号,数量,含税单价\nA,2026-02-05,C,1,5\n"),
        desk.folder / "o.yaml",
    )

    exports.inspect(path, desk.home, write_mapping=draft)

    assert "      price_includes_tax: {constant: true}\n" in draft.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "header",
    [
        "录单日期,单据编号,往来单位,商品编号,商品全名,数量,单价,折后单价,金额,经手人",
        "单据号;单据日期;客户;存货编码;存货名称;数量;含税单价;价税合计;税率(%);业务员",
        "Sales Document;Item;Created On;Sold-To Party;Material;Order Quantity;Net Price;Net Value;Doc. Currency",
        "销售凭证;项目;创建日期;售达方;物料;订单数量;净价;净值;凭证货币",
    ],
    ids=["grasp", "u8", "sap", "sap_zh"],
)
def test_order_list_of_a_known_program_is_one_of_orders(header: str) -> None:
    from pipelines.exports.recognise import recognise

    (feed,) = recognise(header.replace(";", ",").split(","), "export.csv", "", ()).feeds

    assert feed.kind == "orders"
    assert {"order_date", "customer_id", "quantity", "unit_price", "amount"} <= feed.columns.keys()
