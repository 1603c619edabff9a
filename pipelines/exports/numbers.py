"""SQL that reads numbers as people and programs write them."""

from __future__ import annotations

from pipelines.exports.declarations import Column
from pipelines.exports.sql_text import half_width, listed, literal

_NO_TAX = (
    "免税",
    "免稅",
    "不征税",
    "***",
    "零税率",
    "出口零税率",
    "普通零税率",
    "免征增值税",
    "零稅率",
    "應稅零稅率",
)

# A refund noted behind an amount, as `signed` leaves it, and how much of it was given back.
_REFUNDED = r"^[^()]+\((?:已|已部分|部分)?(?:退款|refunded|refund|partiallyrefunded):?([^()]+)\)$"
_WHOLLY_REFUNDED = r"[^()]+\((?:已?全额退款|已?全部退款|fullyrefunded|refundedinfull)\)"


def fast_number(column: Column, text: str, *, decimal_comma: bool) -> str:
    """Return the expression that reads a plainly written number."""
    plain = f"try_cast({text} as {column.sql_type})"
    if column.sql_type == "integer":
        return f"case when not contains({text}, '.') and strlen({text}) < 10 then {plain} end"
    return f"null::{column.sql_type}" if decimal_comma and not column.is_share else plain


def slow_number(column: Column, signed: str, *, decimal_comma: bool) -> str:
    """Return the expression that reads a number that `signed` has brought into form."""
    kind = column.sql_type
    if column.is_share:
        return _share(signed, kind)
    if kind == "integer":
        exact = f"try_cast({_digits(signed, decimal_comma=False)} as decimal(18, 6))"
        return f"case when {exact} = round({exact}) then try_cast({exact} as integer) end"
    if column.nets_refunds:
        return _net_of_refund(signed, kind, decimal_comma=decimal_comma)
    value = f"try_cast({_digits(signed, decimal_comma=decimal_comma)} as {kind})"
    if column.name == "tax_amount":
        return f"case when {signed} in ({listed(_NO_TAX)}) then 0::{kind} else {value} end"
    return value


def number(text: str) -> str:
    """Return the expression of the decimal that a written number stands for, for use in mappings' expressions."""
    slowly = _digits(signed(f"lower({half_width(text)})"), decimal_comma=False)
    return f"coalesce(try_cast({text} as decimal(18, 6)), try_cast({slowly} as decimal(18, 6)))"


def signed(text: str, *, takes_foreign: bool = True) -> str:
    """Take currency signs, codes and blanks off a number; bring (1,234.50) and 1,234.50- into -1,234.50.

    Those of a foreign currency stay, and make it no number, where nothing would know of the currency afterwards.
    """
    codes, signs = ("rmb|cny|usd|eur|gbp|hkd|jpy", "$€£₩₹") if takes_foreign else ("rmb|cny", "")
    prefixes = f"{codes}|us|hk" if takes_foreign else codes
    bare = f"regexp_replace({text}, '[\\s\\x{{00a0}}\\x{{202f}}¥￥{signs}元'']|^({prefixes})|({codes})$', '', 'g')"
    return f"regexp_replace(regexp_replace({bare}, '^\\((.*)\\)$', '-\\1'), '^([^-].*)-$', '-\\1')"


def _net_of_refund(signed: str, kind: str, *, decimal_comma: bool) -> str:
    """Read a number that may note what was given back of it: 131.77(已退款89.84) is 41.93, 50(已全额退款) is 0.

    More given back than there was makes no number.
    """

    def read(text: str) -> str:
        return f"try_cast({_digits(text, decimal_comma=decimal_comma)} as {kind})"

    before, noted = (
        read(f"split_part({signed}, '(', 1)"),
        read(f"regexp_extract({signed}, {literal(_REFUNDED)}, 1)"),
    )
    is_whole = f"regexp_full_match({signed}, {literal(_WHOLLY_REFUNDED)}) and {before} >= 0"
    return (
        f"case when not contains({signed}, '(') then {read(signed)} when {is_whole} then 0::{kind} "
        f"when {noted} between 0 and {before} then ({before} - {noted})::{kind} end"
    )


def _share(shaped: str, kind: str) -> str:
    """Read a share written as 0.13, 13 or 13%: above 1 it is a percentage, and so is what bears the sign."""
    wide = kind.replace("(9, 6)", "(18, 6)")
    plain = f"try_cast({_digits(f'rtrim({shaped}, chr(37))', decimal_comma=False)} as {wide})"
    return (
        f"case when {shaped} in ({listed(_NO_TAX)}) then 0::{kind} "
        f"when ends_with({shaped}, '%') or abs({plain}) > 1 then try_cast({plain} * 0.01 as {kind}) "
        f"else try_cast({plain} as {kind}) end"
    )


def _digits(signed: str, *, decimal_comma: bool) -> str:
    """Bring a signed number into the form -1234.56, or null when its grouping or its characters are those of none."""
    if decimal_comma:
        form = r"[-+]?(\d{1,3}(\.\d{3})+|\d+)(,\d*)?"
        value = f"replace(replace({signed}, '.', ''), ',', '.')"
    else:
        form = r"[-+]?(\d{1,3}(,\d{2,3})*,\d{3}|\d*)(\.\d*)?([eE][-+]?\d{1,2})?"
        value = f"replace({signed}, ',', '')"
    return f"case when regexp_full_match({signed}, {literal(form)}) then {value} end"
