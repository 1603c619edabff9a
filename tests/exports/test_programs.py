"""Exports of programs whose users choose the columns: what is there is read, what is missing is told."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest

from pipelines import exports
from pipelines.errors import MappingError, UnreadableExport
from pipelines.exports.recognise import recognise
from tests.exports.desk import Desk

KINGDEE = (
    "单据编号,日期,客户,物料编码,物料名称,销售数量,含税单价,税率%,税额,价税合计\n"
    'XSDD1,2026-03-05,甲公司,01.001,轴承,10,113.00,13.00,130.00,"1,130.00"\n'
    ",,,01.002,密封圈,2,56.50,13.00,13.00,113.00\n"
    '合计,,,,,12,,,143.00,"1,243.00"\n'
)
YONYOU = (
    "销售订单列表\n订单号,日期,客户编码,存货编码,数量,原币无税金额,原币税额,原币价税合计\n"
    "0012,2026-03-05,00101,0101,10,1000.00,130.00,1130.00\n合计,,,,10,1000.00,130.00,1130.00\n"
)
BANK = (
    "账户交易明细\n账号：1234\n交易日,交易时间,借方金额,贷方金额,余额,摘要,收(付)方名称,流水号\n"
    '20260305,101112,,"1,000.00","1,000.00",货款,甲公司,S1\n20260306,101112,50.00,,950.00,手续费,银行,S2\n'
    "20260321,101112,,0.35,950.35,结息,银行,S3\n"
)
QUICKBOOKS = (
    '"Invoice List by Date"\n"January - March 2026"\n\n'
    '"Date","Transaction Type","Num","Name","Memo/Description","Due Date","Amount","Open Balance"\n'
    '"01/15/2026","Invoice","1001","Acme","","02/14/2026","1,234.50","0.00"\n'
    '"01/28/2026","Credit Memo","1002","Beta","","01/28/2026","-99.00","-99.00"\n'
    '"TOTAL",,,,,,"$1,135.50","$-99.00"\n'
)

JD_WALLET = (
    "交易时间,商户名称,交易说明,金额,收/付款方式,交易状态,收/支,交易订单号\n"
    "2026-03-05 10:00:00,甲公司,货款,{},银行卡,交易成功,收入,1\n"
)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig"])
def test_kingdee_orders_with_taxed_prices_only_are_read_and_their_lines_filled_down(
    desk: Desk, encoding: str
) -> None:
    desk.give(("销售订单.csv", KINGDEE.encode(encoding)))

    columns = "order_id, customer_id, quantity, unit_price, amount, price_includes_tax, tax_rate, tax_amount"
    assert desk.rows(f"select {columns} from raw.orders order by source_row") == [
        ("XSDD1", "甲公司", 10, 113, 1130, True, Decimal("0.13"), 130),
        ("XSDD1", "甲公司", 2, Decimal("56.5"), 113, True, Decimal("0.13"), 13),
    ]


def test_yonyou_orders_of_few_columns_are_orders_not_headers_without_amounts(desk: Desk) -> None:
    desk.give(("订单.csv", YONYOU.encode("gb18030")))

    assert desk.rows("select order_id, order_date, customer_id, amount, tax_amount from raw.orders") == [
        ("0012", date(2026, 3, 5), "00101", 1000, 130)
    ]


def test_bank_statement_with_debit_and_credit_columns_gives_money_in(desk: Desk) -> None:
    desk.give(("流水.csv", BANK.encode("gb18030")))

    assert desk.rows("select payment_id, payment_date, customer_id, amount from raw.payments") == [
        ("S1", date(2026, 3, 5), "甲公司", 1000)
    ]


def test_quickbooks_invoice_list_gives_invoices_and_credit_memos(desk: Desk) -> None:
    desk.give(("invoices.csv", QUICKBOOKS))

    columns = "invoice_id, invoice_date, due_date, customer_id, gross_amount, is_credit_note"
    assert desk.rows(f"select {columns} from raw.invoices order by source_row") == [
        ("1001", date(2026, 1, 15), date(2026, 2, 14), "Acme", Decimal("1234.5"), False),
        ("1002", date(2026, 1, 28), date(2026, 1, 28), "Beta", -99, True),
    ]


JD = (
    "订单号,商品ID,订购数量,下单时间,京东价,订单金额,结算金额,订单状态,下单帐号\n"
    "J1,P1,2,2026-03-05 10:00:00,10,20,20,完成,a\n"
)


def test_shop_export_without_the_column_of_payments_gives_orders_and_says_so(desk: Desk) -> None:
    (reading,) = desk.give(("orders.csv", JD))

    assert reading.kind == "orders"
    assert any("payments are not taken" in note.en and "付款确认时间" in note.zh for note in reading.notes)


def test_mapping_that_matches_a_file_without_what_its_kind_needs_says_where_and_what(desk: Desk) -> None:
    desk.mapping(
        "shop.yaml",
        "source: shop\nlabel: {zh: 店, en: shop}\nmatch: {headers: [Nr, [Day, Date]]}\nfeeds:\n  - kind: orders\n"
        "    columns: {order_id: Nr, order_date: {from: [Day, Date]}, customer_id: Who, amount: Sum}\n",
    )
    with pytest.raises(MappingError) as refused:
        desk.give(("shop.csv", "Nr,Date,Who\n1,2026-03-05,a\n"))
    assert "shop.csv" in refused.value.where
    assert "Sum" in refused.value.expected


@pytest.mark.parametrize(
    "header",
    [
        "订单号,订单日期,客户编号,未知数量,成交单价",  # amounts that are not understood: no headers-only file
        "订单号,下单时间,数量,单价",  # an order's date but no customer: no lines-only file
    ],
)
def test_recognise_never_takes_half_of_an_order_for_the_whole(header: str) -> None:
    with pytest.raises(UnreadableExport, match="nearest"):
        recognise(header.split(","), "export.csv", "", ())


def test_refusal_of_misspelt_headers_names_the_nearest() -> None:
    with pytest.raises(UnreadableExport) as refused:
        recognise(["ordr_id", "order_dat", "amnt"], "export.csv", "", ())
    assert "ordr_id: did you mean order_id" in str(refused.value)


def test_header_of_two_rows_names_codes_by_their_group(desk: Desk) -> None:
    desk.give(
        (
            "orders.csv",
            "订单号,订单日期,客户,商品信息,,数量,金额\n,,,编码,名称,,\nA1,2026-03-05,甲,P1,轴承,2,10\n",
        )
    )

    assert desk.rows("select product_id, product_name, quantity, amount from raw.orders") == [
        ("P1", "轴承", 2, 10)
    ]


def test_draft_for_a_header_of_which_nothing_is_known_asks_for_an_order_and_works_once_filled_in(
    desk: Desk,
) -> None:
    path = desk.write("odd.csv", "num,when,who,sum\nA1,2026-03-05,C1,5\n")
    draft = desk.home / "mappings" / "odd.yaml"
    exports.inspect(path, desk.home, write_mapping=draft)
    text = draft.read_text(encoding="utf-8")
    assert "kind: orders" in text
    for ours, theirs in {
        "order_id": "num",
        "order_date": "when",
        "customer_id": "who",
        "amount": "sum",
    }.items():
        text = re.sub(rf"# {ours}: \?.*", f"{ours}: {theirs}", text)
    draft.write_text(text, encoding="utf-8")

    desk.give(("odd.csv", path.read_bytes()))

    assert desk.rows("select order_id, order_date, customer_id, amount from raw.orders") == [
        ("A1", date(2026, 3, 5), "C1", 5)
    ]


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("payments.csv", "payment_id,payment_date,customer_id,amount\nR1,2026-03-05,C1,{}\n", "payments"),
        ("orders.csv", "order_id,order_date,customer_id,amount\nS1,2026-03-05,C1,{}\n", "orders"),
        ("京东.csv", JD_WALLET, "payments"),
    ],
)
def test_amount_with_a_refund_noted_in_it_is_read_net_whatever_the_header(
    desk: Desk, name: str, text: str, kind: str
) -> None:
    desk.give((name, text.format("131.77(已退款89.84)")))

    assert desk.rows(f"select amount from raw.{kind}") == [(Decimal("41.93"),)]
