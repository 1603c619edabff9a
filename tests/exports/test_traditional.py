"""Exports of Taiwan and Hong Kong: headers, status words and totals in traditional characters, values as they are."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from pipelines.exports.declarations import normalise
from pipelines.exports.recognise import recognise
from tests.exports.desk import Desk

ORDERS = (
    "宏碁示範股份有限公司 銷售訂單明細表\n"
    "訂單編號,訂單日期,客戶代號,客戶名稱,產品編號,品名,數量,單價,稅率,幣別,訂單狀態,業務員\n"
    "S001,2026/3/5,C1,臺灣測試有限公司,P1,軸承,2,1200,5%,新臺幣,已完成,陳小姐\n"
    "S002,2026/3/13,C2,港商範例,P2,馬達,1,800,免稅,港幣,處理中,林先生\n"
    "合計,,,,,,3,2000,,,,\n"
)


@pytest.mark.parametrize("encoding", ["cp950", "big5hkscs", "utf-8-sig", "utf-16"])
def test_load_of_a_traditional_export_reads_values_and_leaves_names_as_they_are(
    desk: Desk, encoding: str
) -> None:
    desk.give(("訂單.csv", ORDERS.encode(encoding)))

    columns = (
        "order_id, order_date, customer_id, customer_name, quantity, unit_price, tax_rate, currency, status"
    )
    assert desk.rows(f"select {columns} from raw.orders order by source_row") == [
        (
            "S001",
            date(2026, 3, 5),
            "C1",
            "臺灣測試有限公司",
            2,
            1200,
            Decimal("0.050000"),
            "TWD",
            "completed",
        ),
        ("S002", date(2026, 3, 13), "C2", "港商範例", 1, 800, 0, "HKD", "confirmed"),
    ]
    assert desk.rows("select rows_read, rows_loaded, rows_skipped from ops.files") == [(4, 2, 2)]


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("客戶代號,客戶全稱,統一編號,聯絡地址,電話", "customers"),
        ("發票號碼,開票日期,客戶代號,未稅金額,稅額,含稅總額,到期日", "invoices"),
        ("收款單號,收款日,客戶代號,收款金額,收款方式,備註", "payments"),
        ("訂單單號,出貨日期,出貨單號,數量", "deliveries"),
        ("產品編號,產品名稱,產品類別,單價", "products"),
        ("訂單號,退貨日期,退貨數量,退貨原因", "returns"),
    ],
)
def test_recognise_of_a_traditional_header_gives_the_kind(header: str, kind: str) -> None:
    (feed,) = recognise(header.split(","), "export.csv", "", ()).feeds

    assert feed.kind == kind


def test_normalise_leaves_simplified_words_alone() -> None:
    assert normalise("應收帳款餘額（萬元）") == normalise("应收账款余额(萬元)")
    assert normalise("订单 编号") == "订单编号"
