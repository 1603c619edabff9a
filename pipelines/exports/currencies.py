"""Which currency a code, a name or a sign means, in a column of its own or beside an amount."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipelines.exports import traditional
from pipelines.exports.sql_text import half_width, listed, literal

_NAMES = {
    "CNY": ("RMB", "CNH", "人民币元", "人民币"),
    "USD": ("美元", "美金", "US$", "USD$"),
    "EUR": ("欧元", "€"),
    "GBP": ("英镑", "£", "STG"),
    "JPY": ("日元", "日圆", "円"),
    "HKD": ("港币", "港元", "HK$"),
    "TWD": ("新台币", "台币元", "台币", "NT$", "NTD", "NT"),
    "SGD": ("新加坡元", "新币", "S$", "SG$"),
    "AUD": ("澳元", "澳币", "A$", "AU$"),
    "CAD": ("加元", "加币", "C$", "CA$"),
    "NZD": ("新西兰元", "纽币", "NZ$"),
    "MOP": ("澳门元", "澳门币", "MOP$"),
    "KRW": ("韩元", "韩币", "₩"),
    "CHF": ("瑞士法郎",),
    "INR": ("卢比", "印度卢比", "₹"),
    "BRL": ("雷亚尔", "R$"),
    "MXN": ("墨西哥比索", "MX$"),
    "THB": ("泰铢", "฿"),
    "VND": ("越南盾", "₫"),
}
# Signs and words of several currencies: of the company's own where it is one of them, else of the first.
_SHARED = {
    "$": ("USD", "HKD", "TWD", "SGD", "AUD", "CAD", "NZD", "MOP", "MXN"),
    "¥": ("CNY", "JPY"),
    "￥": ("CNY", "JPY"),
    "元": ("CNY", "TWD", "HKD", "SGD", "MOP", "JPY"),
}
# The company's own, whichever it is.
_OWN = "本位币"
# The company's own currency, as amounts are read where no setting tells it.
HOME = "CNY"


def plain_currency(text: str) -> str:
    """Return the expression of a well-known currency code, else null."""
    return f"case when {text} in ({listed(_NAMES)}) then {text} end"


def bare_currency(text: str) -> str:
    """Return the expression of a currency's name, sign or code in capitals, its characters simplified."""
    return _simplified(f"upper({half_width(text)})")


def known_currency(shaped: str, base: str) -> str:
    """Return the expression of the code of a currency's name or sign, or of any code of three letters.

    `base` is the company's currency.
    """
    shared = {sign: _of_shared(sign, base) for sign in _SHARED} | {_OWN: base}
    branches = "".join(f" when {literal(sign)} then {literal(code)}" for sign, code in shared.items())
    branches += "".join(
        f" when {literal(word)} then {literal(code)}" for code, words in _NAMES.items() for word in words
    )
    return f"case {shaped}{branches} else case when regexp_full_match({shaped}, '[A-Z]{{3}}') then {shaped} end end"


def currency_of(word: str) -> str:
    """Return the code of a currency's name, sign or code in capitals, its characters simplified; nothing for others.

    A sign that several currencies share, and 元, stay as they are: the company's currency decides.
    """
    if word in _SHARED:
        return word
    return next((code for code, names in _NAMES.items() if word == code or word in names), "")


def are_one(one: str, other: str) -> bool:
    """Tell whether two answers of `currency_of` may mean one currency."""
    return bool(set(_SHARED.get(one, (one,))) & set(_SHARED.get(other, (other,))))


def mark(text: str) -> str:
    """Return the expression of the sign, name or code of a currency beside an amount; empty where there is none."""
    bare = _simplified(f"upper({text})")
    sign, code = literal(_SIGN), literal(_CODE)
    return f"coalesce(nullif(regexp_extract({bare}, {sign}), ''), regexp_extract({bare}, {code}, 2))"


def has_mark(text: str) -> bool:
    """Tell whether an amount bears the sign, name or code of a currency."""
    bare = traditional.simplified(text.upper())
    return bool(re.search(_SIGN, bare) or re.search(_CODE, bare))


def without_mark(text: str, home: str | None = None) -> str:
    """Return the expression of an amount in lower case without what says its currency.

    With a `home`, only what says that currency is taken: another's stays, and makes it no number.
    """
    sign, code = (_SIGN, _CODE) if home is None else _patterns(_says(home))
    signless = f"regexp_replace({_simplified(text)}, {literal(sign.lower())}, '', 'g')"
    return f"regexp_replace({signless}, {literal(code.lower())}, '\\1\\3', 'g')"


def clashes(found: str, currency: str, base: str) -> str:
    """Return the condition that what an amount bears says another currency than its row is in."""
    told = f"coalesce({currency}, {literal(base)})"
    shared = "".join(
        f" when {literal(sign)} then {told} not in ({listed(codes)})" for sign, codes in _SHARED.items()
    )
    return f"case {found} when '' then false{shared} else {told} <> {known_currency(found, base)} end"


def _of_shared(sign: str, base: str) -> str:
    return base if base in _SHARED[sign] else _SHARED[sign][0]


def _simplified(text: str) -> str:
    traditional_ones, simplified_ones = f"{traditional.TRADITIONAL}＄", f"{traditional.SIMPLIFIED}$"
    return f"translate({text}, {literal(traditional_ones)}, {literal(simplified_ones)})"


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


def _patterns(words: Iterable[str]) -> tuple[str, str]:
    """Return the pattern of signs and names, and that of codes, which stand between no other letters, as group 2."""
    said = {word for word in words if word}
    codes = {word for word in said if word.isascii() and word.isalpha()}
    return _any_of(said - codes), rf"(^|[^A-Z])({_any_of(codes)})([^A-Z]|$)"


def _says(code: str) -> tuple[str, ...]:
    shared = (sign for sign in _SHARED if _of_shared(sign, code) == code)
    return (code, *_NAMES.get(code, ()), *shared)


_SIGN, _CODE = _patterns((*_NAMES, *_SHARED, *(word for words in _NAMES.values() for word in words)))
