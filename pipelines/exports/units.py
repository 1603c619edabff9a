"""What a file says of its amounts beside their digits: unit and currency in brackets, above the table, in the cells."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines.errors import AmbiguousExport
from pipelines.exports import currencies, tax_words, traditional
from pipelines.exports.declarations import Column, kinds
from pipelines.exports.mapping import Feed, Rule
from pipelines.exports.sql_text import name

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
# What says no currency but the company's own.
_OWN = {"", "本位币"}


def told(feed: Feed, table: TextTable) -> Feed:
    """Return the feed of a header in our own names, its amounts scaled and its currency told as the file says.

    金额（万元） is in ten thousands, and so is all money below a line 单位：万元. Amount (USD) is in dollars, and so is
    a cell US$100 where no column tells the currency of its row. Raises AmbiguousExport when amounts are in several.
    """
    kind = kinds()[feed.kind]
    columns = dict(feed.columns)
    said: dict[str, str] = {}
    for ours, rule in feed.columns.items():
        column = kind.column(ours)
        if rule.headers and column.sql_type.startswith("decimal") and not column.is_share:
            scale, currency = unit_of(rule.headers[0], column, table.above)
            columns[ours] = replace(rule, scale=Decimal(scale)) if scale != 1 else rule
            if currency:
                said.setdefault(currency, rule.headers[0])
    taxed = tax_words.rule(kind, columns)
    columns |= {"price_includes_tax": taxed} if taxed else {}
    if "currency" in kind.names:
        in_header = None if "currency" in columns else _constant(said, table)
        found = in_header or _in_cells(feed, table)
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
        if rest in _OWN or currencies.currency_of(rest):
            return scale, "" if rest in _OWN else currencies.currency_of(rest)
    return None


def is_amount(column: Column) -> bool:
    """Whether a column holds money: amounts and prices, not quantities, rates and shares."""
    return column.name == "unit_price" or (
        column.sql_type == "decimal(18, 4)" and not column.name.startswith("quantity")
    )


def _constant(said: dict[str, str], table: TextTable) -> Rule | None:
    """Return the rule of the one currency that headers tell; a sign that several share gives way to a code."""
    told = sorted(said, key=len, reverse=True)
    if not all(currencies.are_one(told[0], other) for other in told[1:]):
        raise AmbiguousExport(
            "The amounts of one file are in different currencies, and no column says which",
            where=table.part,
            found=", ".join(said),
            expected="a column with the currency, or amounts in one",
            next_step="salesdesk inspect FILE --write-mapping, and keep the amounts of one currency",
        )
    return Rule(constant=told[0]) if told else None


def _in_cells(feed: Feed, table: TextTable) -> Rule | None:
    """Return the rule that takes the currency out of an amount, where one of the sample bears a sign.

    A column of currencies goes first: its blank cells are filled so.
    """
    kind = kinds()[feed.kind]
    own = feed.columns.get("currency", Rule()).headers
    if own and all(row[table.header.index(own[0])].strip() for row in table.sample):
        return None
    for ours, rule in feed.columns.items():
        if rule.headers and is_amount(kind.column(ours)):
            position = table.header.index(rule.headers[0])
            if any(currencies.has_mark(row[position]) for row in table.sample):
                mark = currencies.mark(name(rule.headers[0]))
                return Rule(expression=f"coalesce(nullif(trim({name(own[0])}), ''), {mark})" if own else mark)
    return None
