"""Why a row is in quarantine: a code for each reason, with words in zh and en, and what was expected instead."""

from __future__ import annotations

from pipelines.exports.declarations import Column, Words, kinds

REASONS: dict[str, Words] = {
    "missing_required": Words("必填列为空", "a required cell is empty"),
    "missing_amount": Words(
        "没有金额，也没有可以算出金额的列", "neither an amount nor what it could be computed from"
    ),
    "not_a_date": Words("不是日期", "not a date"),
    "undecided_date": Words("日与月的先后无法确定", "day and month cannot be told apart"),
    "not_a_number": Words("不是数字，或超出范围", "not a number, or out of range"),
    "not_a_whole_number": Words("不是整数", "not a whole number"),
    "not_yes_or_no": Words("不是“是/否”", "neither yes nor no"),
    "unknown_status": Words("未知的状态或类型", "an unknown status or type"),
    "unknown_currency": Words("未知的币种", "an unknown currency"),
    "spoilt_number": Words(
        "编号已被电子表格改坏（科学计数、末位归零或前导零丢失）",
        "a spreadsheet has spoilt the number (1.23E+19, zeros at the end, or leading zeros lost)",
    ),
    "rounded_number": Words(
        "数字被电子表格显示成科学计数，已非全数", "a spreadsheet has written the number rounded (1.23E+08)"
    ),
    "other_currency": Words(
        "金额所带的币种与该行的币种不同", "the amount bears another currency than its row"
    ),
    "misfit_row": Words("这一行的列数与表头不符", "the row does not fit the header"),
    "lookup_failed": Words(
        "在另一份导出中找不到对应的单据", "the document it refers to is in no other export"
    ),
}

ITS_CURRENCY = "an amount in the row's own currency"

# Lists of our words and of columns are the same in both languages.
_EXPECTED_ZH = {
    "a value": "须有值",
    "as many fields as the header": "列数与表头相同",
    "a date such as 2026-03-05": "日期，如 2026-03-05",
    "yes or no": "是或否",
    "a whole number": "整数",
    "a number such as 1234.50": "数字，如 1234.50",
    "the whole number as text": "以文本保存的完整编号",
    "a currency such as CNY or USD": "币种，如 CNY 或 USD",
    ITS_CURRENCY: "该行自己币种的金额",
}


def expected_in_chinese() -> dict[str, str]:
    """Return in Chinese what was expected, by how the quarantine says it in English."""
    return _EXPECTED_ZH | {f"a row of {kind.name}": f"{kind.label.zh}中的一行" for kind in kinds().values()}


def code_for(column: Column, *, has_words: bool) -> str:
    """Return the reason for a cell of this column that holds something but no value of its type."""
    if has_words:
        return "unknown_status"
    if column.name == "currency":
        return "unknown_currency"
    return {
        "date": "not_a_date",
        "boolean": "not_yes_or_no",
        "integer": "not_a_whole_number",
        "varchar": "spoilt_number",
    }.get(column.sql_type, "not_a_number")


def expected_for(column: Column, words: dict[str, str] | None) -> str:
    """Return what a cell of this column should hold, for the clerk."""
    if words is not None:
        return ", ".join(dict.fromkeys(words.values()))
    if column.name == "currency":
        return "a currency such as CNY or USD"
    return {
        "date": "a date such as 2026-03-05",
        "boolean": "yes or no",
        "integer": "a whole number",
        "varchar": "the whole number as text",
    }.get(column.sql_type, "a number such as 1234.50")
