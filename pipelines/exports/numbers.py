"""SQL that reads numbers as people and programs write them."""

from __future__ import annotations

from pipelines.exports import currencies
from pipelines.exports.declarations import Column
from pipelines.exports.sql_text import half_width, listed, literal

# How a spreadsheet writes a number that it shows rounded: 1.23E+08. Other programs, which write every digit that there
# is, have no plus (1.0E7) or a small e (1e+05).
ROUNDED = "E+"

NO_TAX = (
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
    if column.sql_type == "integer":  # DuckDB takes 0x10, 1_000 and 1e-3 for whole numbers too
        return f"case when {plain}::varchar = {text} then {plain} end"
    return f"null::{column.sql_type}" if decimal_comma and not column.is_share else _plain(text, plain)


def _plain(text: str, value: str) -> str:
    """Return what DuckDB reads, but of what only programmers write, 1_000, and of what a spreadsheet rounded."""
    return (
        f"case when not contains({text}, '_') and not contains({text}, {literal(ROUNDED)}) then {value} end"
    )


def slow_number(column: Column, signed: str, *, decimal_comma: bool) -> str:
    """Return the expression that reads a number that `signed` has brought into form."""
    kind = column.sql_type
    if kind == "integer":
        if column.name.endswith("_days"):
            # 30天, 30 days, Net 30; not 月结30天, which runs from a month's end
            signed = f"regexp_replace({signed}, '^(?:net)?(\\d+)(?:天|days?)?$', '\\1')"
        exact = f"try_cast({digits(signed, decimal_comma=False)} as decimal(18, 6))"
        return f"case when {exact} = round({exact}) then try_cast({exact} as integer) end"
    if column.nets_refunds:
        return _net_of_refund(signed, kind, decimal_comma=decimal_comma)
    value = f"try_cast({digits(signed, decimal_comma=decimal_comma)} as {kind})"
    if column.name == "tax_amount":
        return f"case when {signed} in ({listed(NO_TAX)}) then 0::{kind} else {value} end"
    return value


def number(text: str) -> str:
    """Return the expression of the decimal that a written number stands for, for use in mappings' expressions."""
    slowly = digits(signed(lowered(text)), decimal_comma=False)
    plain = _plain(text, f"try_cast({text} as decimal(18, 6))")
    return f"coalesce({plain}, try_cast({slowly} as decimal(18, 6)))"


def lowered(text: str) -> str:
    """Return the expression of a number's text in lower case and half width; 1.23E+08 becomes none."""
    return f"lower(replace({half_width(text)}, {literal(ROUNDED)}, '?'))"


def signed(text: str, home: str | None = None) -> str:
    """Take currency signs, codes and blanks off a number; bring (1,234.50) and 1,234.50- into -1,234.50.

    What groups digits beside commas and points, blanks and apostrophes, becomes a semicolon. With a `home`, another
    currency's sign stays, and makes it no number: nothing would know of the currency afterwards.
    """
    plain = f"translate({currencies.without_mark(text, home)}, '−’', '-''')"
    blank = r"[\s\x{00a0}\x{202f}'']"
    grouped = rf"regexp_replace({plain}, '(\d){blank}+(\d)', '\1;\2', 'g')"
    bare = f"regexp_replace({grouped}, '{blank}', '', 'g')"
    return f"regexp_replace(regexp_replace({bare}, '^\\((.*)\\)$', '-\\1'), '^([^-].*)-$', '-\\1')"


def _net_of_refund(signed: str, kind: str, *, decimal_comma: bool) -> str:
    """Read a number that may note what was given back of it: 131.77(已退款89.84) is 41.93, 50(已全额退款) is 0.

    More given back than there was makes no number.
    """

    def read(text: str) -> str:
        return f"try_cast({digits(text, decimal_comma=decimal_comma)} as {kind})"

    before, noted = (
        read(f"split_part({signed}, '(', 1)"),
        read(f"regexp_extract({signed}, {literal(_REFUNDED)}, 1)"),
    )
    is_whole = f"regexp_full_match({signed}, {literal(_WHOLLY_REFUNDED)}) and {before} >= 0"
    return (
        f"case when not contains({signed}, '(') then {read(signed)} when {is_whole} then 0::{kind} "
        f"when {noted} between 0 and {before} then ({before} - {noted})::{kind} end"
    )


def digits(signed: str, *, decimal_comma: bool) -> str:
    """Bring a signed number into the form -1234.56, or null when its grouping or its characters are those of none."""
    if decimal_comma:
        form = r"[-+]?(\d{1,3}([.;]\d{3})+|\d+)(,\d*)?"
        value = f"replace(translate({signed}, '.;', ''), ',', '.')"
    else:
        form = r"[-+]?(\d{1,3}([,;]\d{2,3})*[,;]\d{3}|\d*)(\.\d*)?(e[-+]?\d{1,2})?"
        value = f"translate({signed}, ',;', '')"
    return f"case when regexp_full_match({signed}, {literal(form)}) then {value} end"
