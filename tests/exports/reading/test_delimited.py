"""Delimited text: dialects, preambles, totals, ragged rows, broken quotes, and what is read in place."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.exports.reading.opened import open_one, refusal

ORDERS = "订单号,订单日期,客户,金额\nSO1,2024-01-05,甲公司,100.50\nSO2,2024-01-06,乙公司,20\n"
ROWS = [("SO1", "2024-01-05", "甲公司", "100.50"), ("SO2", "2024-01-06", "乙公司", "20")]


def test_open_clean_file_is_read_in_place(tmp_path: Path) -> None:
    opened = open_one(tmp_path, ORDERS)
    assert opened.rows == ROWS
    assert opened.table.row_column is None
    assert "export.csv" in opened.table.relation
    assert opened.source_rows == [2, 3]
    assert opened.table.sample == tuple(ROWS)


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|", "^", "~"])
def test_open_any_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    assert open_one(tmp_path, ORDERS.replace(",", delimiter)).rows == ROWS


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_open_any_line_end_is_read(tmp_path: Path, line_end: str) -> None:
    assert open_one(tmp_path, ORDERS.replace("\n", line_end)).rows == ROWS


def test_open_mixed_line_ends_are_read(tmp_path: Path) -> None:
    assert open_one(tmp_path, ORDERS.replace("甲公司,100.50\n", "甲公司,100.50\r\n")).rows == ROWS


def test_open_decimal_commas_do_not_become_a_delimiter(tmp_path: Path) -> None:
    opened = open_one(tmp_path, "order;date;amount\nA;2024-01-01;3,50\nB;2024-01-02;4,75\n")
    assert opened.rows == [("A", "2024-01-01", "3,50"), ("B", "2024-01-02", "4,75")]


def test_open_quoted_delimiters_quotes_and_line_ends_are_text(tmp_path: Path) -> None:
    opened = open_one(tmp_path, 'order,name,amount\nA,"5"" pipe, long\nblue",1\nB,plain,2\n')
    assert opened.rows == [("A", '5" pipe, long\nblue', "1"), ("B", "plain", "2")]
    assert opened.source_rows == [2, 3]


def test_open_backslash_escaped_quotes_are_text(tmp_path: Path) -> None:
    opened = open_one(tmp_path, 'order,name,amount\nA,"5\\" pipe, long",1\nB,"6\\" pipe, short",2\n')
    assert opened.rows == [("A", '5" pipe, long', "1"), ("B", '6" pipe, short', "2")]


def test_open_text_after_a_closing_quote_is_kept(tmp_path: Path) -> None:
    opened = open_one(tmp_path, '交易单号,商户单号,金额\n"39857"\t,"1298"\t,5\n"39858"\t,"1299"\t,6\n')
    assert [tuple(cell and cell.strip() for cell in row) for row in opened.rows] == [
        ("39857", "1298", "5"),
        ("39858", "1299", "6"),
    ]


def test_open_preamble_is_skipped_and_told(tmp_path: Path) -> None:
    opened = open_one(tmp_path, "应收明细表\n导出时间：2024/3/1\n\n" + ORDERS)
    assert opened.rows == ROWS
    assert opened.source_rows == [5, 6]
    assert opened.table.skipped == ((1, "preamble"), (2, "preamble"), (3, "blank"))


def test_open_preamble_padded_to_full_width_is_skipped(tmp_path: Path) -> None:
    preamble = "账单明细,,,\n昵称：[测试],,,\n,,,\n共2笔记录,,,\n"
    opened = open_one(tmp_path, preamble + ORDERS)
    assert opened.rows == ROWS
    assert opened.source_rows == [6, 7]


@pytest.mark.parametrize(
    "label", ["合计", "合 计", "小计：", "总计", "本页合计", "Total", "Grand Total", "Subtotal:"]
)
def test_open_total_row_is_skipped(tmp_path: Path, label: str) -> None:
    opened = open_one(tmp_path, f"{ORDERS}{label},,,120.50\n")
    assert opened.rows == ROWS
    assert opened.table.skipped == ((4, "total"),)


def test_open_total_of_a_group_between_rows_is_skipped(tmp_path: Path) -> None:
    first, second, third = ORDERS.splitlines()
    opened = open_one(tmp_path, f"{first}\n{second}\n甲公司 小计,,,100.50\n{third}\n")
    assert opened.rows == ROWS
    assert opened.source_rows == [2, 4]


def test_open_customer_named_total_is_data(tmp_path: Path) -> None:
    opened = open_one(
        tmp_path, "customer,order,date,amount\nTotal,A1,2024-01-01,5\nSub Total Ltd,A2,2024-01-02,6\n"
    )
    assert len(opened.rows) == 2


def test_open_repeated_header_and_blank_rows_are_skipped(tmp_path: Path) -> None:
    header, first, second = ORDERS.splitlines()
    opened = open_one(tmp_path, f"{header}\n{first}\n,,,\n{header}\n{second}\n\n")
    assert opened.rows == ROWS
    assert opened.source_rows == [2, 5]
    assert {reason for _, reason in opened.table.skipped} == {"blank", "repeated_header"}


def test_open_notes_below_the_table_are_the_footer(tmp_path: Path) -> None:
    opened = open_one(tmp_path, f"{ORDERS}制表人：张三\n打印时间：今天\n")
    assert opened.rows == ROWS
    assert opened.table.skipped == ((4, "footer"), (5, "footer"))


@pytest.mark.parametrize(
    "signed", ["制表人：王五,,审核人：,", ",审核：李四,,经办人：赵六", "Prepared by: Ann,,Approved by:,"]
)
def test_open_signatures_below_the_table_are_the_footer(tmp_path: Path, signed: str) -> None:
    opened = open_one(tmp_path, f"{ORDERS}{signed}\n")

    assert opened.rows == ROWS
    assert [reason for _, reason in opened.table.skipped] == ["footer"]


def test_open_blank_lines_at_the_end_are_no_rows(tmp_path: Path) -> None:
    assert open_one(tmp_path, ORDERS + "\n\n \n").rows == ROWS


def test_open_single_texts_before_more_rows_stay_data(tmp_path: Path) -> None:
    header, first, second = ORDERS.splitlines()
    opened = open_one(tmp_path, f"{header}\n{first}\n客户：乙公司\n{second}\n")
    assert opened.rows == [ROWS[0], ("客户：乙公司", None, None, None), ROWS[1]]


def test_open_unquoted_delimiter_in_a_text_is_joined_back(tmp_path: Path) -> None:
    opened = open_one(
        tmp_path, "order,street,city\n1,Rua do Paço, 67,Rio\n2,24, place Kléber,Paris\n3,Hof 1,Wien\n"
    )
    assert opened.rows == [
        ("1", "Rua do Paço, 67", "Rio"),
        ("2", "24, place Kléber", "Paris"),
        ("3", "Hof 1", "Wien"),
    ]
    assert "2 rows (2, 3)" in opened.table.notes[0].en


def test_open_row_of_too_many_fields_keeps_its_text_apart(tmp_path: Path) -> None:
    opened = open_one(tmp_path, "order,street,city\n1,a,b\n2,c,d,e\n3,f,g\n")
    assert opened.rows == [("1", "a", "b"), ("2,c,d,e", None, None), ("3", "f", "g")]
    assert opened.table.misfits == ((3, "4 fields where the header has 3"),)


def test_open_row_of_too_few_fields_is_blank_at_its_end(tmp_path: Path) -> None:
    opened = open_one(tmp_path, "order,street,city\n1,a,b\n2,c\n3,f,g\n")
    assert opened.rows == [("1", "a", "b"), ("2", "c", None), ("3", "f", "g")]
    assert [note.en for note in opened.table.notes] == [
        "missing fields at the end were read as blank in row 3"
    ]


def test_open_text_that_a_program_calls_xls_is_read_as_text(tmp_path: Path) -> None:
    opened = open_one(tmp_path, "订单号\t客户\t金额\nA1\t甲公司\t0012\n".encode("gb18030"), "订单.xls")

    assert (opened.table.header, opened.rows) == (("订单号", "客户", "金额"), [("A1", "甲公司", "0012")])


@pytest.mark.parametrize("end", ["2,c", '2,"c', '2,"c\n', '2,"c\nd', '2,c,"d', "2", "20260301-7"], ids=repr)
def test_open_file_cut_off_in_its_last_row_is_refused(tmp_path: Path, end: str) -> None:
    error = refusal(tmp_path, "order,street,city\n1,a,b\n" + end)
    assert "cut off" in error.what
    assert "row 3" in error.where


def test_open_last_row_as_short_as_others_is_not_cut_off(tmp_path: Path) -> None:
    opened = open_one(tmp_path, "order,street,city\n1,a\n2,c,d\n3,e,f\n4,g")
    assert [row[0] for row in opened.rows] == ["1", "2", "3", "4,g"]
    assert "cut off" in opened.table.misfits[0][1]


def test_open_trailing_delimiters_are_no_columns(tmp_path: Path) -> None:
    opened = open_one(tmp_path, "order,amount\n1,2,\n3,4,,\n5,6\n")
    assert opened.rows == [("1", "2"), ("3", "4"), ("5", "6")]


def test_open_columns_without_a_name_are_named_by_place(tmp_path: Path) -> None:
    opened = open_one(tmp_path, ",order,Amount,amount\n0,A,1,2\n1,B,3,4\n")
    assert opened.table.header == ("column_1", "order", "Amount", "amount_2")


def test_open_quote_never_closed_costs_one_row(tmp_path: Path) -> None:
    opened = open_one(tmp_path, 'order,name,amount\n1,a,1\n2,"b,2\n3,c,3\n4,d,4\n')
    assert opened.source_rows == [2, 3, 4, 5]
    assert opened.rows[0] == ("1", "a", "1")
    assert opened.rows[2:] == [("3", "c", "3"), ("4", "d", "4")]


def test_open_quote_that_swallows_rows_gives_them_back(tmp_path: Path) -> None:
    opened = open_one(tmp_path, 'order,name,amount\n1,"a,1\n2,b",x,2\n3,c,3\n4,d,4\n')
    assert [row[0] for row in opened.rows] == ["1", '2,b",x,2', "3", "4"]
    assert opened.table.misfits == ((3, "4 fields where the header has 3"),)


def test_open_guarded_codes_are_unwrapped(tmp_path: Path) -> None:
    text = '订单编号,手机,姓名\n"=""2185331234567890123""",\'13800000000,\'s-Hertogenbosch\n="007",\'0123,\'t Hooft\n'
    assert open_one(tmp_path, text).rows == [
        ("2185331234567890123", "13800000000", "'s-Hertogenbosch"),
        ("007", "0123", "'t Hooft"),
    ]


def test_open_two_header_rows_are_joined(tmp_path: Path) -> None:
    opened = open_one(
        tmp_path,
        "单据,,原币,,本币,\n编号,日期,金额,税额,金额,税额\nA,2024-01-01,1,2,3,4\nB,2024-01-02,5,6,7,8\n",
    )
    assert opened.table.header == ("单据编号", "单据日期", "原币金额", "原币税额", "本币金额", "本币税额")
    assert opened.source_rows == [3, 4]


def test_open_row_of_form_words_below_the_header_is_an_instruction(tmp_path: Path) -> None:
    header, first, second = ORDERS.splitlines()
    opened = open_one(tmp_path, f"{header}\n必填,必填,选填,必填\n{first}\n{second}\n")
    assert opened.rows == ROWS
    assert opened.table.skipped == ((2, "instruction"),)


def test_open_header_without_rows_is_an_empty_table(tmp_path: Path) -> None:
    opened = open_one(tmp_path, "订单号,订单日期,客户,金额\n")
    assert opened.rows == []
    assert opened.table.header == ("订单号", "订单日期", "客户", "金额")


def test_open_regular_but_long_file_with_a_flaw_far_down_is_looked_at(tmp_path: Path) -> None:
    lines = [f"SO{number},2024-01-01,C,{number}" for number in range(5000)]
    lines[4000] += ",extra"
    opened = open_one(tmp_path, "订单号,订单日期,客户,金额\n" + "\n".join(lines) + "\n")
    assert len(opened.rows) == 5000
    assert opened.table.misfits == ((4002, "5 fields where the header has 4"),)


@pytest.mark.parametrize("data", ["", "\n\n  \n", "\ufeff"])
def test_open_empty_file_is_refused(tmp_path: Path, data: str) -> None:
    assert "empty" in refusal(tmp_path, data).what


def test_open_file_without_column_names_is_refused(tmp_path: Path) -> None:
    assert "header" in refusal(tmp_path, "1,2024-01-01,5\n2,2024-01-02,6\n3,2024-01-03,7\n").what


def test_open_single_endless_line_is_refused_quickly(tmp_path: Path) -> None:
    assert "too long" in refusal(tmp_path, b"order,amount\n" + b"x" * (100 << 20)).what


@pytest.mark.parametrize("rows", ["", "1," * 1_000_000 + "\n"])
def test_open_million_columns_is_refused(tmp_path: Path, rows: str) -> None:
    assert "column" in refusal(tmp_path, "c," * 1_000_000 + "\n" + rows).what


def test_open_nul_bytes_are_refused(tmp_path: Path) -> None:
    error = refusal(tmp_path, b"order,amount\n1,2\n3,\x004\n")
    assert "NUL" in error.what
    assert "position 19" in error.found


def test_open_lines_of_a_cell_that_is_too_long_say_where_its_quote_was_opened(tmp_path: Path) -> None:
    rows = "".join(f"{number},a,b\n" for number in range(600))
    long = '601,a,"' + "text\n" * 300 + '"\n'

    opened = open_one(tmp_path, f"order,street,city\n{rows}{long}602,c,d\n")

    assert opened.rows[-1] == ("602", "c", "d")
    assert len(opened.table.misfits) == 300
    row, why = opened.table.misfits[0]
    assert row == 603
    assert "behind a quote opened in line 602 that does not close in bounds: its cell is too long" in why


def test_open_cell_of_a_megabyte_is_whole_wherever_it_stands(tmp_path: Path) -> None:
    opened = open_one(tmp_path, f'Title\n\norder,street,city\n1,"{"x" * 1_000_000}",b\n2,c,d\n')

    assert [len(row[1] or "") for row in opened.rows] == [1_000_000, 1]


def test_open_file_that_is_mostly_one_cell_says_where_its_quote_was_opened(tmp_path: Path) -> None:
    long = '1,a,"' + "text\n" * 50_000 + '"\n'

    error = refusal(tmp_path, f"order,street,city\n{long}2,c,d\n".encode())

    assert "behind a quote opened in line 2 that does not close" in error.found


def test_open_text_in_single_quotes_keeps_delimiters_and_doubled_quotes_inside(tmp_path: Path) -> None:
    opened = open_one(tmp_path, "'order'|'street'|'city'\n'1'|'Rue d''Or | 5'|'Rio'\n'2'|''|'\"Ur\"'\n")

    assert opened.rows == [("1", "Rue d'Or | 5", "Rio"), ("2", None, '"Ur"')]
