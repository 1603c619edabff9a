"""What a file says of its amounts beside their digits: unit and currency in brackets, above the table, in the cells."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines.errors import AmbiguousExport
from pipelines.exports import traditional, words
from pipelines.exports.declarations import Column, kinds
from pipelines.exports.mapping import Feed, Rule
from pipelines.exports.sql_text import literal, name

if TYPE_CHECKING:
    from pipelines.exports.reading import TextTable

_BRACKETS = re.compile(r"[(（\[【]([^)）\]】]*)[)）\]】]")
_UNIT_LINE = re.compile(
    r"(?:单位|單位|币种|币别|幣別|currency)\s*[:：]\s*([^\s,，;；|)）\]】]+)", re.IGNORECASE
)
# The whole text may be a currency (HK$); longer words come first. M is left out: it is as often metres.
_SCALES = {
    "": 1,
    "MILLIONS": 10**6, "MILLION": 10**6, "THOUSANDS": 10**3, "THOUSAND": 10**3, "百万": 10**6, "千万": 10**7,
    "'000": 10**3, "000": 10**3, "亿": 10**8, "万": 10**4, "億": 10**8, "萬": 10**4, "千": 10**3, "K": 10**3,
}  # fmt: skip
# Signs that do not say which currency: of the country, or the company's own.
_UNDECIDED = {"", "元", "¥", "￥", "本位币"}
# What `numbers.signed` takes off an amount of a currency that is not ours.
_FOREIGN = r"(US|HK)?[$]|[€£₩₹]|USD|EUR|GBP|HKD|JPY"


def told(feed: Feed, table: TextTable) -> Feed:
    """Return the feed of a header in our own names, its amounts scaled and its currency told as the file says.

    金额（万元） is in ten thousands, and so is all money below a line 单位：万元. Amount (USD) is in dollars, and so is
    a cell US$100 where no column tells the currency. Raises AmbiguousExport when amounts are in several currencies.
    """
    kind = kinds()[feed.kind]
    columns = dict(feed.columns)
    currencies: dict[str, str] = {}
    for ours, rule in feed.columns.items():
        column = kind.column(ours)
        if rule.headers and column.sql_type.startswith("decimal") and not column.is_share:
            scale, currency = unit_of(rule.headers[0], column, table.above)
            columns[ours] = replace(rule, scale=Decimal(scale)) if scale != 1 else rule
            if currency:
                currencies.setdefault(currency, rule.headers[0])
    if "currency" in kind.names and "currency" not in columns:
        found = _constant(currencies, table) or _in_cells(feed, table)
        columns |= {"currency": found} if found else {}
    return replace(feed, columns=columns)


def unit_of(header: str, column: Column, above: str = "") -> tuple[int, str]:
    """Return what to multiply a header's numbers with, and the code of their currency where one is told.

    The header's brackets tell it; for money else the lines above the table do: 单位：万元, 币种：美元.
    """
    for text in _BRACKETS.findall(header):
        found = _unit(text, is_money=is_amount(column))
        if found is not None:
            return found
    if not is_amount(column):
        return 1, ""
    units = [found for text in _UNIT_LINE.findall(above) if (found := _unit(text, is_money=True)) is not None]
    scale = next((scale for scale, _ in units if scale != 1), 1)
    return scale, next((currency for _, currency in units if currency), "")


def _unit(text: str, *, is_money: bool) -> tuple[int, str] | None:
    folded = traditional.simplified(unicodedata.normalize("NFKC", text).upper())
    # A price is told per piece: USD/PCS.
    bare = re.sub(r"\s|^(单位|UNIT|IN\b):?|/.*", "", folded)
    for word, scale in _SCALES.items():
        rest = bare.replace(word, "", 1)
        if not bare or word not in bare or (rest and not is_money):
            continue
        if rest in _UNDECIDED or words.currency_of(rest):
            return scale, "" if rest in _UNDECIDED else words.currency_of(rest)
    return None


def is_amount(column: Column) -> bool:
    """Whether a column holds money: amounts and prices, not quantities, rates and shares."""
    return column.name == "unit_price" or (
        column.sql_type == "decimal(18, 4)" and not column.name.startswith("quantity")
    )


def _constant(currencies: dict[str, str], table: TextTable) -> Rule | None:
    if len(currencies) > 1:
        raise AmbiguousExport(
            "The amounts of one file are in different currencies, and no column says which",
            where=table.part,
            found=", ".join(currencies.values()),
            expected="a column with the currency, or amounts in one",
            next_step="salesdesk inspect FILE --write-mapping, and keep the amounts of one currency",
        )
    return next((Rule(constant=currency) for currency in currencies), None)


def _in_cells(feed: Feed, table: TextTable) -> Rule | None:
    """Return the rule that takes the currency out of an amount, where one of the sample bears a foreign sign."""
    kind = kinds()[feed.kind]
    for ours, rule in feed.columns.items():
        if rule.headers and is_amount(kind.column(ours)):
            position = table.header.index(rule.headers[0])
            if any(re.search(_FOREIGN, row[position].upper()) for row in table.sample):
                return Rule(expression=f"regexp_extract(upper({name(rule.headers[0])}), {literal(_FOREIGN)})")
    return None
