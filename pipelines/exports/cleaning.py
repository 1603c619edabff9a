"""SQL that turns a cell's text into a typed value, or null when it cannot be one.

In three steps, each a projection of its own so that it is computed once: `fast` is DuckDB's own cast and reads clean
cells at the cost of a typed read; `shape` is the text of the cells it could not read, brought into one form, or null when
the cell is empty; `slow` reads that. What stays null though it has a shape is a fault of its row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from pipelines.exports.declarations import Column, normalise

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
SHORT_DATE = r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?:[ tT,].*)?$"


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


def fast(column: Column, text: str, reading: Reading) -> str:
    """Return the expression that reads a clean cell; null when the cell is empty or needs a closer look."""
    if reading.words is not None:
        return _seen_word(text, reading)
    if column.name == "currency":
        return f"case when {text} in ({_list(_CURRENCIES)}) then {text} end"
    if column.sql_type == "date":
        moved = reading.source_zone and reading.source_zone != reading.business_zone
        return _within_reach(_moved(text, reading) if moved else f"try_cast({text} as timestamp)::date")
    if column.sql_type == "integer":
        return f"case when not contains({text}, '.') and strlen({text}) < 10 then try_cast({text} as integer) end"
    if column.is_share:
        return f"case when abs(try_cast({text} as {column.sql_type})) <= 1 then try_cast({text} as {column.sql_type}) end"
    if column.sql_type.startswith("decimal") and not reading.decimal_comma:
        return f"try_cast({text} as {column.sql_type})"
    if column.sql_type == "varchar":
        return _plain_code(text, reading.width) if column.is_code else _plain_text(text)
    return f"null::{column.sql_type}"


def shape(column: Column, text: str, reading: Reading) -> str:
    """Return the expression of a cell's text as `slow` reads it; null when the cell holds nothing.

    A value that stays null though its shape is not is a fault.
    """
    if reading.words is not None:
        # blanks and punctuation go, as in `normalise`; classes of Unicode would take longer to compile than a file to read
        marks = "'[\\x00-/:-@\\[-`{-\\x7f\\x{3000}-\\x{303f}]'"
        return f"nullif(regexp_replace(lower({half_width(text)}), {marks}, '', 'g'), '')"
    if column.name == "currency":
        return f"nullif(upper({half_width(text)}), '')"
    if column.sql_type == "varchar":
        bare = _trimmed(text)
        if column.is_code:
            guards = f"regexp_replace({half_width(text)}, '^=\"(.*)\"$', '\\1')"
            bare = f"regexp_replace({guards}, '^''([0-9A-Z+][^'']*)$', '\\1')"
        return f"nullif({bare}, '')"
    bare = f"lower({half_width(text)})"
    shaped = _signed(bare) if column.sql_type == "integer" or column.sql_type.startswith("decimal") else bare
    return f"case when {bare} not in ({_list(_NOTHING)}) then {shaped} end"


def slow(column: Column, shaped: str, reading: Reading) -> str:
    """Return the expression of the value that a cell's shape stands for; null when it is none of its type."""
    if reading.words is not None:
        branches = "".join(f" when {literal(word)} then {literal(ours)}" for word, ours in reading.words.items())
        return f"case {shaped}{branches} end"
    if column.name == "currency":
        return _currency(shaped)
    if column.sql_type == "date":
        return _date(column, shaped, reading)
    if column.sql_type == "boolean":
        return f"case when {shaped} in ({_list(_YES)}) then true when {shaped} in ({_list(_NO)}) then false end"
    if column.sql_type == "integer":
        exact = f"try_cast({_digits(shaped, decimal_comma=False)} as decimal(18, 6))"
        return f"case when {exact} = round({exact}) then try_cast({exact} as integer) end"
    if column.sql_type.startswith("decimal"):
        return _decimal(column, shaped, reading)
    return _sound_code(shaped, reading.width) if column.is_code else shaped


def number(text: str) -> str:
    """Return the expression of the decimal that a written number stands for, for use in mappings' expressions."""
    slowly = _digits(_signed(f"lower({half_width(text)})"), decimal_comma=False)
    return f"coalesce(try_cast({text} as decimal(18, 6)), try_cast({slowly} as decimal(18, 6)))"


def _list(words: Iterable[str]) -> str:
    return ", ".join(literal(word) for word in words)


def _trimmed(text: str) -> str:
    return f"trim({text}, {_BLANKS})"


def half_width(text: str) -> str:
    """Return the expression of `text` trimmed and in half-width characters; plain ASCII is not translated."""
    translated = f"translate({_trimmed(text)}, {literal(_FULL_WIDTH)}, {literal(_HALF_WIDTH)})"
    return f"(case when strlen({text}) = length({text}) then {_trimmed(text)} else {translated} end)"


def _plain_text(text: str) -> str:
    clean = (
        f"{text} >= '!' and not ends_with({text}, ' ') and not ends_with({text}, chr(9)) "
        f"and not ends_with({text}, chr(160)) and not ends_with({text}, chr(12288)) and not ends_with({text}, chr(13)) "
        f"and not starts_with({text}, chr(160)) and not starts_with({text}, chr(12288))"
    )
    return f"case when {clean} then {text} end"


def _plain_code(text: str, width: int) -> str:
    clean = (
        f"strlen({text}) = length({text}) and {text} >= '(' and not ends_with({text}, '000') and not ends_with({text}, ' ') "
        f"and not ends_with({text}, chr(9)) and not ends_with({text}, chr(13)) and not contains({text}, 'E+') "
        f"and not starts_with({text}, '=')"
    )
    return f"case when {clean}{f' and strlen({text}) >= {width}' if width else ''} then {text} end"


def _sound_code(shaped: str, width: int) -> str:
    """Null when a spreadsheet has spoilt the number.

    Spoilt: 1.23E+19, or 18 digits and more that are zeros from the 16th on (a spreadsheet keeps 15), or fewer digits
    than the code's fixed width (leading zeros lost), or an error value such as #REF!.
    """
    spoilt = r"\d([.,]\d+)?[eE][+]?\d+|\d{15}0{3,}|#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!)"
    if width > 1:
        spoilt += rf"|\d{{1,{width - 1}}}"
    return f"case when not regexp_full_match({shaped}, {literal(spoilt)}) then {shaped} end"


def _seen_word(text: str, reading: Reading) -> str:
    """Translate the words that stand in the sample by comparing them as they are."""
    words = reading.words or {}
    seen = {word: words[normalise(word)] for word in reading.seen if normalise(word) in words}
    branches = "".join(f" when {literal(word)} then {literal(ours)}" for word, ours in seen.items())
    return f"case {text}{branches} end" if branches else "null::varchar"


def _currency(shaped: str) -> str:
    others = "".join(
        f" when {shaped} in ({_list(word.upper() for word in words)}) then {literal(ours)}"
        for ours, words in _CURRENCIES.items()
    )
    return f"case{others} when regexp_full_match({shaped}, '[A-Z]{{3}}') then {shaped} end"


def _decimal(column: Column, shaped: str, reading: Reading) -> str:
    kind = column.sql_type
    if column.is_share:
        return _share(shaped, kind)
    value = f"try_cast({_digits(shaped, decimal_comma=reading.decimal_comma)} as {kind})"
    if column.name == "tax_amount":
        return f"case when {shaped} in ({_list(_NO_TAX)}) then 0::{kind} else {value} end"
    return value


def _share(shaped: str, kind: str) -> str:
    """A share written as 0.13, 13 or 13%: above 1 it is a percentage, and so is whatever bears the sign."""
    wide = kind.replace("(9, 6)", "(18, 6)")
    plain = f"try_cast({_digits(f'rtrim({shaped}, chr(37))', decimal_comma=False)} as {wide})"
    return (
        f"case when {shaped} in ({_list(_NO_TAX)}) then 0::{kind} "
        f"when ends_with({shaped}, '%') or abs({plain}) > 1 then try_cast({plain} * 0.01 as {kind}) "
        f"else try_cast({plain} as {kind}) end"
    )


def _signed(text: str) -> str:
    """Take currency signs, codes and blanks off a number; bring (1,234.50) and 1,234.50- into -1,234.50."""
    codes = "rmb|cny|usd|eur|gbp|hkd|jpy"
    bare = f"regexp_replace({text}, '[\\s\\x{{00a0}}\\x{{202f}}¥￥$€£₩₹元'']|^({codes}|us|hk)|({codes})$', '', 'g')"
    return f"regexp_replace(regexp_replace({bare}, '^\\((.*)\\)$', '-\\1'), '^([^-].*)-$', '-\\1')"


def _digits(signed: str, *, decimal_comma: bool) -> str:
    """Bring a signed number into the form -1234.56, or null when its grouping or its characters are those of none."""
    if decimal_comma:
        form = r"[-+]?(\d{1,3}(\.\d{3})+|\d+)(,\d*)?"
        value = f"replace(replace({signed}, '.', ''), ',', '.')"
    else:
        form = r"[-+]?(\d{1,3}(,\d{2,3})*,\d{3}|\d*)(\.\d*)?([eE][-+]?\d{1,2})?"
        value = f"replace({signed}, ',', '')"
    return f"case when regexp_full_match({signed}, {literal(form)}) then {value} end"


def _within_reach(value: str) -> str:
    return f"case when {value} between {_FIRST_DAY} and {_LAST_DAY} then {value} end"


def _date(column: Column, shaped: str, reading: Reading) -> str:
    forms = [_year_first(shaped), _compact(shaped), _serial(shaped)]
    if reading.date_order:
        forms.append(_short(shaped, reading.date_order))
    if column.name == "period_start":
        forms.append(_month(shaped))
    # only with letters and digits: strptime also reads words such as infinity
    formats = ", ".join(literal(form) for form in _MONTH_WORDS)
    is_worded = f"regexp_matches({shaped}, '\\d') and regexp_matches({shaped}, '[a-z]{{3}}')"
    forms.append(f"case when {is_worded} then try_strptime({shaped}, [{formats}])::date end")
    return _within_reach(f"coalesce({', '.join(forms)})")


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


def _rewritten(shaped: str, pattern: str, iso: str) -> str:
    """Rewrite a date to ISO; a text of another form is left alone, as a bare cast would read 31/12/24 as a day of year 31."""
    rewritten = f"try_cast(regexp_replace({shaped}, {literal(pattern)}, '{iso}') as date)"
    return f"case when regexp_matches({shaped}, {literal(pattern)}) then {rewritten} end"


def _year_first(shaped: str) -> str:
    pattern = r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ t,].*|\d{1,2}:.*)?$"
    return _rewritten(shaped, pattern, r"\1-\2-\3")


def _compact(shaped: str) -> str:
    return _rewritten(shaped, r"^((?:19|20|21)\d{2})(\d{2})(\d{2})(?:[ t]?\d{4,6})?$", r"\1-\2-\3")


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
    return _rewritten(shaped, r"^((?:19|20|21)\d{2})\s*[-/.年]?\s*(\d{1,2})\s*月?$", r"\1-\2-01")
