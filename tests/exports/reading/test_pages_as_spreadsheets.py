"""What programs call .xls though it is none: web pages and XML spreadsheets."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.exports.desk import Desk
from tests.exports.reading.opened import open_bytes, open_one, refusal

PAGE = """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head>
<meta http-equiv="Content-Type" content="text/html; charset={charset}">
<style>td {{mso-number-format:"\\@"}} </style><title>销售订单</title></head><body>
<table border=1>
<tr><td colspan=4>销售订单明细表&nbsp;</td></tr>
<tr><th>订单编号<th>客户名称<th>数量<th>金额</tr>
<tr><td style='mso-number-format:"\\@"'>00012345678901234567</td><td>甲 &amp; 乙<br>有限公司</td>
<td align=right x:num>2</td><td x:num="1234.567">1,234.57</td></tr>
<tr><td>S2</td><td rowspan="2">丙公司</td><td>&nbsp;3</td><td>¥5.00</td></tr>
<tr><td>S3</td><td>4</td><td>6</td></tr>
<tr><td>合计</td><td></td><td>9</td><td>1,245.57</td></tr>
</table></body></html>
"""
BOOK = """<?xml version="1.0" encoding="{charset}"?>
<?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
 <Worksheet ss:Name="说明"/>
 <Worksheet ss:Name="订单"><Table>
  <Row><Cell ss:MergeAcross="3"><Data ss:Type="String">销售订单</Data></Cell></Row>
  <Row ss:Index="3">
   <Cell><Data ss:Type="String">订单编号</Data></Cell>
   <Cell><Data ss:Type="String">下单日期</Data></Cell>
   <Cell><Data ss:Type="String">金额</Data></Cell>
   <Cell><Data ss:Type="String">备注</Data></Cell>
  </Row>
  <Row>
   <Cell><Data ss:Type="String">001</Data></Cell>
   <Cell><Data ss:Type="DateTime">2026-03-05T00:00:00.000</Data></Cell>
   <Cell><Data ss:Type="Number">0.10000000000000001</Data></Cell>
   <Cell><Data ss:Type="String">甲&amp;乙</Data></Cell>
  </Row>
  <Row>
   <Cell><Data ss:Type="Number">12345678901234567890</Data></Cell>
   <Cell><Data ss:Type="DateTime">2026-03-05T08:30:00.000</Data></Cell>
   <Cell ss:Index="4"><Data ss:Type="String">丙</Data></Cell>
  </Row>
 </Table></Worksheet>
</Workbook>
"""


@pytest.mark.parametrize(
    ("charset", "encoding"), [("gb2312", "gb18030"), ("utf-8", "utf-8"), ("unicode", "utf-16")]
)
def test_open_web_page_called_xls_reads_its_table(tmp_path: Path, charset: str, encoding: str) -> None:
    opened = open_one(tmp_path, PAGE.format(charset=charset).encode(encoding), "订单.xls")

    assert opened.table.header == ("订单编号", "客户名称", "数量", "金额")
    assert opened.rows == [
        ("00012345678901234567", "甲 & 乙 有限公司", "2", "1234.567"),
        ("S2", "丙公司", "3", "¥5.00"),
        ("S3", None, "4", "6"),
    ]
    assert opened.source_rows == [3, 4, 5]
    assert opened.table.skipped == ((1, "preamble"), (6, "total"))


def test_open_web_page_whose_header_is_a_table_of_its_own_reads_them_as_one_sheet(tmp_path: Path) -> None:
    page = (
        "<table><tr><td>order_id<td>amount<td>note</table>"
        "<table><tr><td>A1<td>2<td>x<tr><td>A2<td>3<td>y</table><p>printed 2026-03-05</p>"
    )
    opened = open_one(tmp_path, page, "orders.xls")

    assert opened.table.header == ("order_id", "amount", "note")
    assert [row[:3] for row in opened.rows] == [("A1", "2", "x"), ("A2", "3", "y")]


@pytest.mark.parametrize(
    "page",
    [
        "<html><body><form>请先登录 <input name=user></form></body></html>",
        "<html><script>var t = '<table><tr><td>1</td></tr></table>'</script></html>",
        "<table>" + "<tr><td colspan=999999>a</td><td colspan=999999>b</td></tr>" * 3 + "</table>",
        "<table><tr><td><![" + "x" * 5_000_000,
        "<table><tr><td>" + "x" * 5_000_000,
    ],
)
def test_open_web_page_without_a_sound_table_is_refused(tmp_path: Path, page: str) -> None:
    refusal(tmp_path, page, "orders.xls")


def test_open_web_page_called_csv_is_refused(tmp_path: Path) -> None:
    assert "web page" in refusal(tmp_path, PAGE, "orders.csv").found


@pytest.mark.parametrize("charset", ["utf-8", "gb2312", "utf-16"])
def test_open_xml_spreadsheet_reads_every_sheet_with_its_row_numbers(tmp_path: Path, charset: str) -> None:
    encoding = "gb18030" if charset == "gb2312" else charset
    (opened,) = open_bytes(tmp_path, BOOK.format(charset=charset).encode(encoding), "订单.xls")

    assert opened.table.part == "订单"
    assert opened.table.header == ("订单编号", "下单日期", "金额", "备注")
    assert opened.rows == [
        ("001", "2026-03-05", "0.1", "甲&乙"),
        ("12345678901234567890", "2026-03-05 08:30:00", None, "丙"),
    ]
    assert opened.source_rows == [4, 5]


@pytest.mark.parametrize(
    "damage",
    [
        ("<Workbook", '<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]><Workbook'),
        ("</Workbook>", ""),
        ('ss:Index="4"', 'ss:Index="99999999"'),
        ("丙", "\udc80"),
    ],
    ids=["entities", "cut off", "far column", "bytes"],
)
def test_open_damaged_xml_spreadsheet_is_refused(tmp_path: Path, damage: tuple[str, str]) -> None:
    text = BOOK.format(charset="utf-8").replace(*damage)
    refusal(tmp_path, text.encode("utf-8", "surrogateescape"), "orders.xls")


def test_load_of_a_web_page_gives_typed_orders(desk: Desk) -> None:
    rows = "".join(
        f"<tr><td>{order}</td><td>C1</td><td>{day}</td><td align=right>{amount}</td></tr>"
        for order, day, amount in (
            ("S1", "2026/3/5", "￥1,234.50"),
            ("S2", "46087", "(20)"),
            ("S3", "x", "1"),
        )
    )
    head = "<tr><td>订单编号</td><td>客户编号</td><td>订单日期</td><td>金额</td></tr>"
    page = f"<meta charset=gbk><table>{head}{rows}<tr><td>合计</td><td><td><td>1,215.5</table>"
    desk.give(("导出.xls", page.encode("gb18030")))

    columns = "order_id, order_date::varchar, amount::varchar"
    assert desk.rows(f"select {columns} from raw.orders order by source_row") == [
        ("S1", "2026-03-05", "1234.5000"),
        ("S2", "2026-03-06", "-20.0000"),
    ]
    assert desk.rows("select source_row, reason_code from ops.quarantine") == [(4, "not_a_date")]
    assert desk.rows("select rows_read, rows_skipped from ops.files") == [(4, 1)]
