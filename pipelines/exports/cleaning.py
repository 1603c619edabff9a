"""SQL that turns a cell's text into a typed value, or null when it cannot be one.

In four steps, each a projection of its own so that it is computed once: `fast` is DuckDB's own cast and reads clean
cells at the cost of a typed read; `certain` takes back what it may have misread; `shape` is the text of the cells not
read, brought into one form, or null when the cell is empty; `slow` reads that. What stays null though it has a shape is
a fault of its row.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.exports import currencies, dates, numbers, shares, words
from pipelines.exports.declarations import Column
from pipelines.exports.sql_text import half_width, listed, trimmed

# What people write into a cell of dates or amounts to say "none".
_NOTHING = (
    "",
    "-",
    "--",
    "—",
    "——",
    "/",
    "无",
    "無",
    "null",
    "none",
    "n/a",
    "na",
    "nan",
    "nat",
    "nil",
    r"\n",
)

# Where a unified social credit code may stand: exports often know a customer by it.
_CREDIT_CODES = ("tax_id", "customer_id")


@dataclass(frozen=True)
class Reading:
    """How the texts of one column are to be read.

    `date_order` is dmy, mdy, ymd or nothing; `words` maps normalised words to ours, `seen` are those of the sample;
    `width` is a code's fixed width; `takes_foreign`: an amount may bear a foreign currency's sign; `base_currency` is
    the company's; `discount` is what a column of discounts holds, as `shares` decides it.
    """

    date_order: str = ""
    decimal_comma: bool = False
    source_zone: str = ""
    business_zone: str = ""
    null_words: tuple[str, ...] = ()
    words: dict[str, str] | None = None
    seen: tuple[str, ...] = field(default=(), compare=False)
    width: int = 0
    takes_foreign: bool = True
    base_currency: str = currencies.HOME
    discount: str = shares.DEDUCTED


def fast(column: Column, text: str, reading: Reading) -> str:
    """Return the expression that reads a clean cell; null when the cell is empty or needs a closer look."""
    match _form(column, reading):
        case "word":
            value = words.seen_word(text, reading.words or {}, reading.seen)
        case "currency":
            value = currencies.plain_currency(text)
        case "code":
            value = words.plain_code(text, reading.width)
        case "text":
            value = words.plain_text(text)
        case "date":
            value = dates.fast_date(text, reading.source_zone, reading.business_zone)
        case "number":
            value = numbers.fast_number(column, text, decimal_comma=reading.decimal_comma)
        case _:
            value = words.yes_or_no(text)
    return value


def certain(column: Column, quick: str, reading: Reading) -> str:
    """Return the expression of a quickly read value, null where it may be misread."""
    match _form(column, reading):
        case "date":
            return dates.within_reach(quick)
        case "number" if column.is_share:
            return shares.sure_share(column.name, quick, reading.discount)
        case _:
            return quick


def shape(column: Column, text: str, reading: Reading) -> str:
    """Return the expression of a cell's text as `slow` reads it; null when the cell holds nothing.

    A value that stays null though its shape is not is a fault.
    """
    match _form(column, reading):
        case "word":
            bare = words.bare_word(text)
        case "currency":
            bare = currencies.bare_currency(text)
        case "code":
            bare = words.bare_code(text)
        case "text":
            bare = trimmed(text)
        case form:
            lowered = numbers.lowered(text) if form == "number" else f"lower({half_width(text)})"
            home = None if reading.takes_foreign else reading.base_currency
            read = numbers.signed(lowered, home) if form == "number" else lowered
            return f"case when {lowered} not in ({listed(_NOTHING)}) then {read} end"
    return f"nullif({bare}, '')"


def slow(column: Column, shaped: str, reading: Reading) -> str:
    """Return the expression of the value that a cell's shape stands for; null when it is none of its type."""
    match _form(column, reading):
        case "word":
            value = words.known_word(shaped, reading.words or {})
        case "currency":
            value = currencies.known_currency(shaped, reading.base_currency)
        case "code":
            value = words.sound_code(shaped, reading.width, may_be_credit_code=column.name in _CREDIT_CODES)
        case "text":
            value = shaped
        case "date":
            value = dates.slow_date(shaped, reading.date_order, may_be_month=column.name == "period_start")
        case "number" if column.is_share:
            value = shares.read_share(column, shaped, reading.discount, decimal_comma=reading.decimal_comma)
        case "number":
            value = numbers.slow_number(column, shaped, decimal_comma=reading.decimal_comma)
        case _:
            value = words.yes_or_no(shaped)
    return value


def _form(column: Column, reading: Reading) -> str:
    """Return how a column's cells are read: word, currency, code, text, date, number or boolean."""
    if reading.words is not None:
        return "word"
    if column.name == "currency":
        return "currency"
    if column.sql_type == "varchar":
        return "code" if column.is_code else "text"
    is_number = column.sql_type == "integer" or column.sql_type.startswith("decimal")
    return "number" if is_number else column.sql_type
