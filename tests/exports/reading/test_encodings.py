"""Encodings: told for certain or refused, and transcoded without a letter lost."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from tests.exports.reading.opened import open_one, refusal

CHINESE = "订单编号,客户名称,金额\nA1,杭州示例科技有限公司,5\nA2,张三,6\n"
TRADITIONAL = "訂單編號,客戶名稱,金額\nA1,臺北範例股份有限公司,5\nA2,張三,6\n"
WESTERN = "order,customer,amount\nA1,José Müller,5\nA2,Café Zürich,6\nA3,Ana Muñoz,7\n"


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
def test_open_simplified_chinese_in_any_encoding_is_the_same_text(
    tmp_path: Path, encoding: str, named: str
) -> None:
    opened = open_one(tmp_path, CHINESE.encode(encoding))
    assert opened.table.encoding == named
    assert opened.table.header == ("订单编号", "客户名称", "金额")
    assert opened.rows[0] == ("A1", "杭州示例科技有限公司", "5")


def test_open_big_endian_mark_is_heeded(tmp_path: Path) -> None:
    opened = open_one(tmp_path, codecs.BOM_UTF16_BE + CHINESE.encode("utf-16-be"))
    assert opened.rows[1] == ("A2", "张三", "6")


def test_open_big5_is_told_by_traditional_header_words(tmp_path: Path) -> None:
    opened = open_one(tmp_path, TRADITIONAL.encode("big5"))
    assert opened.table.encoding == "big5"
    assert opened.rows[0] == ("A1", "臺北範例股份有限公司", "5")


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman"])
def test_open_western_names_tell_windows_from_mac(tmp_path: Path, encoding: str) -> None:
    opened = open_one(tmp_path, WESTERN.encode(encoding))
    assert opened.table.encoding == encoding
    assert [row[1] for row in opened.rows] == ["José Müller", "Café Zürich", "Ana Muñoz"]


def test_open_chinese_names_below_an_english_header_are_gb18030(tmp_path: Path) -> None:
    text = "order,customer,amount\nA1,杭州示例科技有限公司,5\nA2,上海贸易公司,6\n"
    opened = open_one(tmp_path, text.encode("gb18030"))
    assert opened.table.encoding == "gb18030"
    assert opened.rows[1][1] == "上海贸易公司"


def test_open_rare_characters_of_gb18030_survive(tmp_path: Path) -> None:
    opened = open_one(tmp_path, CHINESE.replace("张三", "㼆㱔€").encode("gb18030"))
    assert opened.rows[1][1] == "㼆㱔€"


def test_open_character_across_a_chunk_is_not_torn(tmp_path: Path) -> None:
    rows = "".join(f"A{number},杭州示例科技有限公司,5\n" for number in range(150_000))
    opened = open_one(tmp_path, ("订单编号,客户名称,金额\n" + rows).encode("gb18030"))
    assert {row[1] for row in opened.rows} == {"杭州示例科技有限公司"}
    assert len(opened.rows) == 150_000


def test_open_damaged_utf8_is_refused_with_its_place(tmp_path: Path) -> None:
    data = CHINESE.encode().replace("张三".encode(), b"\xe5\xbc")
    error = refusal(tmp_path, data)
    assert "position 72" in error.found


def test_open_single_undecided_byte_is_refused(tmp_path: Path) -> None:
    assert "encoding" in refusal(tmp_path, b"order,amount\nA\x81\x8d,5\nB,6\n").what


def test_open_japanese_text_is_named_for_what_it_is(tmp_path: Path) -> None:
    text = "注文番号,日付,金額,備考\nA1,2024-01-01,5,ありがとう\n"
    assert open_one(tmp_path, text.encode("cp932")).table.encoding == "cp932"


def test_open_nul_characters_in_wide_text_are_refused(tmp_path: Path) -> None:
    assert "NUL" in refusal(tmp_path, CHINESE.replace("张三", "张\0三").encode("utf-16")).what
