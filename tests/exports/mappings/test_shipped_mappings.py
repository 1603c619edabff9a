"""The shipped mappings: all usable, all sources there, and the ERP forms nobody may publish samples of."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines import exports, resources, warehouse
from pipelines.exports.mapping import SHIPPED, read
from pipelines.settings import Settings

SOURCES = [mapping for path in sorted(SHIPPED.glob("*.yaml")) for mapping in read(path)]


def loaded(folder: Path, name: str, text: str, kind: str, columns: str) -> list[tuple[Any, ...]]:
    """Land, read and load one export, and return columns of a kind in source order."""
    path = folder / name
    path.write_text(text, encoding="gb18030")
    home = folder / "home"
    exports.land(home, [path], datetime(2026, 11, 1, tzinfo=UTC))
    exports.read(home, Settings(home=home))
    with warehouse.connect() as connection:
        connection.execute("create schema ops")
        for model in sorted((resources.path("sql") / "ops").glob("*.sql")):
            connection.execute(model.read_text(encoding="utf-8"))
        exports.load(connection, home, Settings(home=home))
        return connection.execute(f"select {columns} from raw.{kind} order by source_row").fetchall()


def test_shipped_sources_are_named_once() -> None:
    names = [mapping.source for mapping in SOURCES]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "source",
    [
        "olist_orders", "uci_online_retail", "crm_opportunities", "shopify_orders", "stripe_payments",
        "xero_sales_invoices",
        "quickbooks_online_invoices", "quickbooks_connector_invoices", "digital_invoices", "kingdee_sales_orders",
        "kingdee_receivables", "kingdee_receipts", "yonyou_u8_sales_orders", "yonyou_u8_invoices", "yonyou_u8_receipts",
        "taobao_orders", "jd_orders", "youzan_orders", "alipay_statement", "wechat_statement", "jd_wallet_statement",
        "meituan_statement", "bank_abc", "bank_boc", "bank_bocom", "bank_cmb", "bank_icbc", "bank_spdb",
        "huaxia_customers",
        "huaxia_members", "huaxia_items", "receivable_detail_zh", "netsuite_connector_transactions",
    ],
)  # fmt: skip
def test_shipped_mappings_cover_every_promised_source(source: str) -> None:
    assert source in {mapping.source for mapping in SOURCES}


@pytest.mark.parametrize("mapping", SOURCES, ids=lambda mapping: mapping.source)
def test_shipped_mapping_has_words_in_both_languages(mapping: Any) -> None:
    assert mapping.label.zh
    assert mapping.label.en
    assert bool(mapping.leaves_out.zh) == bool(mapping.leaves_out.en)


def test_kingdee_order_lines_without_header_take_it_from_their_first_line(tmp_path: Path) -> None:
    text = (
        "单据编号,日期,客户,销售员,单据状态,结算币别,物料编码,物料名称,规格型号,"
        "销售数量,单价,税率%,税额,金额,价税合计,要货日期\n"
        "XSDD000001,2026/3/5,甲公司,张三,已审核,人民币,M01,轴承,6204,10,100,13,130,1000,1130,2026/3/20\n"
        ",,,,,,M02,螺栓,M8,5,2,13,1.3,10,11.3,2026/3/21\n"
        "XSDD000002,2026/3/6,乙公司,李四,创建,美元,M01,轴承,6204,1,20,0,0,20,20,2026/4/1\n"
        "合计,,,,,,,,,16,,,131.3,1030,1161.3,\n"
    )
    columns = "order_id, order_date, customer_id, status, currency"
    columns += ", product_id, quantity, unit_price, tax_rate, sales_rep"
    rows = loaded(tmp_path, "销售订单.csv", text, "orders", columns)
    first = ("XSDD000001", date(2026, 3, 5), "甲公司", "confirmed", "CNY")
    assert rows == [
        (*first, "M01", Decimal(10), Decimal(100), Decimal("0.13"), "张三"),
        (*first, "M02", Decimal(5), Decimal(2), Decimal("0.13"), "张三"),
        (
            "XSDD000002",
            date(2026, 3, 6),
            "乙公司",
            "draft",
            "USD",
            "M01",
            Decimal(1),
            Decimal(20),
            Decimal(0),
            "李四",
        ),
    ]


def test_kingdee_receivable_and_receipt_are_invoice_and_payment(tmp_path: Path) -> None:
    bills = (
        "单据编号,业务日期,到期日,客户,币别,单据状态,物料名称,计价数量,税率(%),不含税金额,税额,价税合计\n"
        "AR00001,2026-03-05,2026-04-04,甲公司,人民币,已审核,轴承,10,13,1000,130,1130\n"
        ",,,,,,螺栓,5,13,10,1.3,11.3\n"
    )
    rows = loaded(
        tmp_path, "应收单.csv", bills, "invoices", "invoice_id, due_date, gross_amount, status, customer_id"
    )
    assert rows == [
        ("AR00001", date(2026, 4, 4), Decimal(1130), "issued", "甲公司"),
        ("AR00001", date(2026, 4, 4), Decimal("11.3"), "issued", "甲公司"),
    ]
    receipts = (
        "单据编号,业务日期,往来单位,付款单位,币别,结算方式,收款用途,实收金额,单据状态\n"
        "SKD00001,2026-04-01,甲公司,甲公司,人民币,电汇,销售收款,500,已审核\n"
    )
    folder = tmp_path / "second"
    folder.mkdir()
    rows = loaded(
        folder,
        "收款单.csv",
        receipts,
        "payments",
        "payment_id, payment_date, customer_id, amount, method, status",
    )
    assert rows == [("SKD00001", date(2026, 4, 1), "甲公司", Decimal(500), "电汇", "succeeded")]


def test_yonyou_order_takes_document_currency_not_base_currency(tmp_path: Path) -> None:
    text = (
        "订单号,订单日期,客户编码,客户简称,业务员,币种,汇率,存货编码,存货名称,数量,原币无税单价,原币无税金额,税率（%）,原币税额,"
        "原币价税合计,本币无税金额,本币价税合计,预发货日期\n"
        "SO2603001,2026-03-05,K001,甲公司,张三,美元,7.1,C01,轴承,10,100,1000,0,0,1000,7100,7100,2026-03-20\n"
    )
    columns = "order_id, customer_id, quantity, unit_price, amount, currency, promised_date"
    assert loaded(tmp_path, "销售订单列表.csv", text, "orders", columns) == [
        ("SO2603001", "K001", Decimal(10), Decimal(100), Decimal(1000), "USD", date(2026, 3, 20))
    ]


def test_yonyou_invoice_and_receipt_take_document_currency(tmp_path: Path) -> None:
    text = (
        "发票号,开票日期,客户编码,客户名称,发票类型,存货名称,数量,"
        "原币无税单价,原币无税金额,原币税额,原币价税合计,本币价税合计,税率（%）\n"
        "0000000123,2026-03-05,K001,甲公司,销售专用发票,轴承,10,100,1000,130,1130,1130,13\n"
    )
    columns = "invoice_id, customer_id, gross_amount, tax_amount, invoice_type"
    assert loaded(tmp_path, "销售发票列表.csv", text, "invoices", columns) == [
        ("0000000123", "K001", Decimal(1130), Decimal(130), "special")
    ]
    receipts = (
        "单据编号,单据日期,客户编码,结算方式,币种,原币金额,本币金额,摘要\n"
        "R1,2026-04-01,K001,电汇,美元,100,710,货款\n"
    )
    folder = tmp_path / "second"
    folder.mkdir()
    rows = loaded(folder, "收款单列表.csv", receipts, "payments", "payment_id, amount, currency, reference")
    assert rows == [("R1", Decimal(100), "USD", "货款")]


def test_quickbooks_invoice_list_is_read_line_by_line(tmp_path: Path) -> None:
    text = (
        "InvoiceNo,Customer,InvoiceDate,DueDate,Item(Product/Service),ItemQuantity,ItemRate,ItemAmount,ItemTaxAmount\n"
        "1001,Acme,2026-03-05,2026-04-04,Consulting,2,50,100,20\n"
    )
    columns = "invoice_id, customer_id, net_amount, tax_amount, due_date, product_name"
    assert loaded(tmp_path, "invoices.csv", text, "invoices", columns) == [
        ("1001", "Acme", Decimal(100), Decimal(20), date(2026, 4, 4), "Consulting")
    ]


def test_digital_invoice_repeated_red_row_counts_once(tmp_path: Path) -> None:
    header = "数电发票号码,发票号码,开票日期,购买方名称,金额,税率,税额,价税合计,发票票种,发票状态,是否正数发票,备注\n"
    red = (
        "24332000000000000003,,2026-02-01 09:00:00,甲公司,-943.40,6%,-56.60,-1000,数电发票（普通发票）,正常,否,"
        "被红冲蓝字数电票号码：24332000000000000002\n"
    )
    columns = "invoice_id, gross_amount, is_credit_note, original_invoice_id, invoice_type"
    assert loaded(tmp_path, "发票.csv", header + red + red, "invoices", columns) == [
        ("24332000000000000003", Decimal(-1000), True, "24332000000000000002", "digital_general")
    ]
