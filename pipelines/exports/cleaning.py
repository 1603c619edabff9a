"""SQL that turns a cell's text into a typed value, or null when it cannot be one.

Every expression tries DuckDB's own fast cast first and looks closer only at the cells that fail it, so that a clean
column costs what a typed read costs. What comes back null though the cell holds text is a fault of its row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from pipelines.exports.declarations import Column

# The years a business document can bear. A date outside is a typing slip or a spreadsheet's 0.
_FIRST_DAY, _LAST_DAY = "date '1900-01-01'", "date '2199-12-31'"
_FULL_WIDTH = "".join(chr(code) for code in range(0xFF01, 0xFF5F))
_HALF_WIDTH = "".join(chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F))
_BLANKS = "' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(12288) || chr(65279)"
# What people write into a cell of dates or amounts to say "none".
_NOTHING = ("", "-", "--", "—", "——", "/", "无", "null", "none", "n/a", "na", "nan", "nat", "nil", r"\n")
_NO_TAX = ("免税", "不征税", "***", "零税率", "出口零税率", "普通零税率", "免征增值税")
_YES = ("true", "t", "yes", "y", "1", "是", "√", "✓", "对", "有", "含税", "已")
_NO = ("false", "f", "no", "n", "0", "否", "×", "✗", "错", "不含税", "未")
_CURRENCIES = {
    "CNY": ("RMB", "CNH", "人民币", "元", "¥", "￥", "人民币元", "本位币"),
    "USD": ("美元", "美金", "$", "US$", "USD$"),
    "EUR": ("欧元", "€"),
    "GBP": ("英镑", "£", "STG"),
    "JPY": ("日元", "日圆", "円"),
    "HKD": ("港币", "港元", "HK$"),
    "TWD": ("新台币", "台币", "NT$", "NTD"),
    "SGD": ("新加坡元", "新币", "S$"),
    "AUD": ("澳元", "澳币", "A$"),
    "CAD": ("加元", "加币", "C$"),
    "KRW": ("韩元", "韩币", "₩"),
    "CHF": ("瑞士法郎",),
    "INR": ("卢比", "印度卢比", "₹"),
    "BRL": ("雷亚尔", "R$"),
    "THB": ("泰铢", "฿"),
    "VND": ("越南盾", "₫"),
}
_MONTH_WORDS = (
    "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%d %B %Y", "%d-%B-%Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%B %d %Y",
    "%d/%b/%Y", "%Y-%b-%d", "%a %b %d %Y",
)  # fmt: skip
# Day, month and year as one of dmy, mdy or ymd; a time may follow.
SHORT_DATE = r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?:[ T,].*)?$"


@dataclass(frozen=True)
class Reading:
    """How the texts of one column are to be read."""

    date_order: str = ""
    decimal_comma: bool = False
    source_zone: str = ""
    business_zone: str = ""
    null_words: tuple[str, ...] = ()
    words: dict[str, str] | None = None
    seen: tuple[str, ...] = field(default=(), compare=False)
    width: int = 0


def literal(text: str) -> str:
    """Return `text` as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def name(text: str) -> str:
    """Return `text` as an SQL identifier."""
    return '"' + text.replace('"', '""') + '"'


def typed(column: Column, text: str, reading: Reading) -> str:
    """Return the expression of the value that `text`, an SQL text expression, stands for."""
    if reading.null_words:
        text = f"(case when trim({text}) not in ({_list(reading.null_words)}) then {text} end)"
    if reading.words is not None:
        return _word(text, reading)
    if column.name == "currency":
        return _currency(text)
    if column.sql_type == "date":
        return _date(column, text, reading)
    if column.sql_type == "boolean":
        return _boolean(text)
    if column.sql_type == "integer":
        return _integer(text)
    if column.sql_type.startswith("decimal"):
        return _decimal(column, text, reading)
    return _code(text, reading.width) if column.is_code else _text(text)


def is_filled(column: Column, text: str, reading: Reading) -> str:
    """Return the condition that a cell holds something, so that a null value is a fault and not an empty cell."""
    nothing = [*reading.null_words]
    if column.sql_type != "varchar":
        nothing += _NOTHING
    listed = f" and lower({_trimmed(text)}) not in ({_list(word.lower() for word in nothing)})" if nothing else ""
    return f"({text} is not null and {_trimmed(text)} <> ''{listed})"


def number(text: str, *, decimal_comma: bool = False) -> str:
    """Return the expression of the decimal that `text` stands for, as a text that any decimal cast reads exactly."""
    return f"({_digits(text, decimal_comma)})"


def _list(words: Iterable[str]) -> str:
    return ", ".join(literal(word) for word in words)


def _trimmed(text: str) -> str:
    return f"trim({text}, {_BLANKS})"


def half_width(text: str) -> str:
    """Return the expression of `text` trimmed and in half-width characters."""
    return f"translate({_trimmed(text)}, {literal(_FULL_WIDTH)}, {literal(_HALF_WIDTH)})"


def _text(text: str) -> str:
    clean = (
        f"{text} >= '!' and not ends_with({text}, ' ') and not ends_with({text}, chr(9)) "
        f"and not ends_with({text}, chr(160)) and not ends_with({text}, chr(12288)) and not ends_with({text}, chr(13)) "
        f"and not starts_with({text}, chr(160)) and not starts_with({text}, chr(12288))"
    )
    return f"case when {clean} then {text} else nullif({_trimmed(text)}, '') end"


def _code(text: str, width: int) -> str:
    """Text in half width, without a spreadsheet's guards; null when a spreadsheet has spoilt the number.

    Spoilt: 1.23E+19, or 18 digits and more that are zeros from the 16th on (a spreadsheet keeps 15), or fewer digits
    than the code's fixed width (leading zeros lost).
    """
    plain = (
        f"strlen({text}) = length({text}) and strlen({text}) < 16 and {text} >= '(' and not ends_with({text}, ' ') "
        f"and not ends_with({text}, chr(9)) and not ends_with({text}, chr(13)) and not contains({text}, 'E+') "
        f"and not starts_with({text}, '=')"
    )
    if width:
        plain += f" and strlen({text}) >= {width}"
    bare = f"regexp_replace(regexp_replace({half_width(text)}, '^=\"(.*)\"$', '\\1'), '^''([0-9A-Z+][^'']*)$', '\\1')"
    spoilt = r"^\d([.,]\d+)?[eE][+]?\d+$|^\d{15}0{3,}$"
    refused = f"regexp_full_match({bare}, {literal(spoilt)})"
    if width:
        refused += f" or regexp_full_match({bare}, '\\d{{1,{width - 1}}}')"
    return f"case when {plain} then {text} when {refused} then null else nullif({bare}, '') end"


def is_spoilt(text: str) -> str:
    """Return the condition that a spreadsheet's error value stands in the cell."""
    return f"starts_with({text}, '#') and upper({text}) in ('#N/A', '#REF!', '#VALUE!', '#DIV/0!', '#NAME?', '#NUM!', '#NULL!')"


def _word(text: str, reading: Reading) -> str:
    """Translate a status word: those seen in the sample by themselves, others as they are compared everywhere."""
    from pipelines.exports.declarations import normalise

    words = reading.words or {}
    seen = {word: words[normalise(word)] for word in reading.seen if normalise(word) in words}
    branches = "".join(f" when {literal(word)} then {literal(ours)}" for word, ours in seen.items())
    folded = f"regexp_replace(lower({half_width(text)}), '[^\\pL\\pN]', '', 'g')"
    others = "".join(f" when {literal(word)} then {literal(ours)}" for word, ours in words.items())
    slow = f"case {folded}{others} end"
    return f"case {text}{branches} else {slow} end" if branches else slow


def _currency(text: str) -> str:
    folded = f"upper({half_width(text)})"
    others = "".join(
        f" when {folded} in ({_list(word.upper() for word in words)}) then {literal(ours)}"
        for ours, words in _CURRENCIES.items()
    )
    known = _list(_CURRENCIES)
    return (
        f"case when {text} in ({known}) then {text}{others} "
        f"when regexp_full_match({folded}, '[A-Z]{{3}}') then {folded} end"
    )


def _boolean(text: str) -> str:
    folded = f"lower({half_width(text)})"
    return f"case when {folded} in ({_list(_YES)}) then true when {folded} in ({_list(_NO)}) then false end"


def _integer(text: str) -> str:
    exact = f"try_cast({_digits(text, False)} as decimal(18, 6))"
    return (
        f"coalesce(case when not contains({text}, '.') and strlen({text}) < 10 then try_cast({text} as integer) end, "
        f"case when {exact} = round({exact}) then try_cast({exact} as integer) end)"
    )


def _decimal(column: Column, text: str, reading: Reading) -> str:
    kind = column.sql_type
    slow = f"try_cast({_digits(text, reading.decimal_comma)} as {kind})"
    if column.is_share or column.name == "tax_amount":
        slow = f"case when {half_width(text)} in ({_list(_NO_TAX)}) then 0::{kind} else {slow} end"
    if reading.decimal_comma:
        value = slow
    else:
        value = f"coalesce(try_cast({text} as {kind}), {slow})"
    return _share(text, kind, slow) if column.is_share else value


def _share(text: str, kind: str, slow: str) -> str:
    """A share written as 0.13, 13 or 13%: above 1 it is a percentage, and so is whatever bears the sign."""
    wide = kind.replace("(9, 6)", "(18, 6)")
    percent = f"try_cast({_digits(f'rtrim({half_width(text)}, chr(37))', False)} as {wide})"
    plain = f"coalesce(try_cast({text} as {wide}), {slow})"
    return (
        f"try_cast(case when ends_with({half_width(text)}, '%') then {percent} * 0.01 "
        f"when abs({plain}) > 1 then {plain} * 0.01 else {plain} end as {kind})"
    )


def _digits(text: str, decimal_comma: bool) -> str:
    """Bring a written number into the form -1234.56, or null when it is none.

    Understood: currency signs and codes, blanks, full-width digits, grouping, (1,234.50) and 1,234.50- as negatives.
    """
    bare = (
        f"regexp_replace({half_width(text)}, "
        "'[\\s\\x{00a0}\\x{202f}¥￥$€£₩₹元'']|^(RMB|CNY|USD|EUR|GBP|HKD|JPY|US|HK)|(RMB|CNY|USD|EUR|GBP|HKD|JPY)$', '', 'g')"
    )
    signed = f"regexp_replace(regexp_replace({bare}, '^\\((.*)\\)$', '-\\1'), '^([^-].*)-$', '-\\1')"
    if decimal_comma:
        shape = r"[-+]?(\d{1,3}(\.\d{3})+|\d+)(,\d*)?"
        value = f"replace(replace({signed}, '.', ''), ',', '.')"
    else:
        shape = r"[-+]?(\d{1,3}(,\d{2,3})*,\d{3}|\d*)(\.\d*)?([eE][-+]?\d{1,2})?"
        value = f"replace({signed}, ',', '')"
    return f"case when regexp_full_match({signed}, {literal(shape)}) and regexp_matches({signed}, '\\d') then {value} end"


def _date(column: Column, text: str, reading: Reading) -> str:
    if reading.source_zone and reading.source_zone != reading.business_zone:
        fast = _moved(text, reading)
    else:
        fast = f"try_cast({text} as timestamp)::date"
    shaped = half_width(text)
    slow = [_year_first(shaped), _compact(shaped), _serial(shaped)]
    if reading.date_order:
        slow.insert(1, _short(shaped, reading.date_order))
    if column.name == "period_start":
        slow.append(_month(shaped))
    formats = ", ".join(literal(form) for form in _MONTH_WORDS)
    # only with digits: strptime also reads words such as infinity
    slow.append(f"case when regexp_matches({shaped}, '\\d') then try_strptime({shaped}, [{formats}])::date end")
    inside = [f"case when {value} between {_FIRST_DAY} and {_LAST_DAY} then {value} end" for value in (fast, *slow)]
    return f"coalesce({', '.join(inside)})"


def _moved(text: str, reading: Reading) -> str:
    """Move a time of day into the business's zone; a bare date stays as it is."""
    offset = f"regexp_replace(regexp_replace({_trimmed(text)}, ' ([+-])', '\\1'), '([+-]\\d{{2}})(\\d{{2}})$', '\\1:\\2')"
    bears_offset = f"regexp_matches({offset}, '(Z|UTC|[+-]\\d{{2}}(:\\d{{2}})?)$')"
    instant = (
        f"case when {bears_offset} then try_cast({offset} as timestamptz) "
        f"else timezone({literal(reading.source_zone)}, try_cast({text} as timestamp)) end"
    )
    moved = f"timezone({literal(reading.business_zone)}, {instant})::date"
    return f"case when contains({text}, ':') then {moved} else try_cast({text} as timestamp)::date end"


def _year_first(shaped: str) -> str:
    pattern = r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T,].*|\d{1,2}:.*)?$"
    return f"try_cast(regexp_replace({shaped}, {literal(pattern)}, '\\1-\\2-\\3') as date)"


def _compact(shaped: str) -> str:
    pattern = r"^((?:19|20|21)\d{2})(\d{2})(\d{2})(?:[ T]?\d{4,6})?$"
    return f"try_cast(regexp_replace({shaped}, {literal(pattern)}, '\\1-\\2-\\3') as date)"


def _serial(shaped: str) -> str:
    """A spreadsheet's day number, 20000 (1954) to 73050 (2099)."""
    days = f"try_cast(split_part({shaped}, '.', 1) as integer)"
    return (
        f"case when regexp_full_match({shaped}, '\\d{{5}}(\\.\\d+)?') and {days} between 20000 and 73050 "
        f"then date '1899-12-30' + {days} end"
    )


def _short(shaped: str, order: str) -> str:
    """A date of day, month and year in the order that was told or proved."""
    first, second, third = (f"regexp_extract({shaped}, {literal(SHORT_DATE)}, {group})" for group in (1, 2, 3))
    day, month, year = {"dmy": (first, second, third), "mdy": (second, first, third), "ymd": (third, second, first)}[order]
    full = f"case when strlen({year}) = 4 then {year} when {year} < '70' then '20' || {year} else '19' || {year} end"
    value = f"try_cast({full} || '-' || {month} || '-' || {day} as date)"
    return f"case when regexp_matches({shaped}, {literal(SHORT_DATE)}) then {value} end"


def _month(shaped: str) -> str:
    pattern = r"^((?:19|20|21)\d{2})\s*[-/.年]?\s*(\d{1,2})\s*月?$"
    return f"try_cast(regexp_replace({shaped}, {literal(pattern)}, '\\1-\\2-01') as date)"
