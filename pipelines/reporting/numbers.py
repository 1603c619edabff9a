"""Figures as people read them: 万 and 亿 in Chinese, k and m in English, one unit per table, never a "-0.0"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from pipelines.reporting import words
from pipelines.reporting.words import Text

NONE = Text("–", "–")
_WAN = Decimal(10_000)
_YI = Decimal(100_000_000)
_THOUSAND = Decimal(1_000)
_MILLION = Decimal(1_000_000)
_CAP = Decimal("9.99")  # a growth above 999 % says nothing more by its digits
_FLAT = Decimal("0.005")  # below half a percent a change is called flat


def rounded(value: Decimal, places: int) -> Decimal:
    """Round half up to `places` decimals; a zero never keeps a minus sign."""
    result = value.quantize(_unit(places), rounding=ROUND_HALF_UP)
    return result or abs(result)


@cache
def _unit(places: int) -> Decimal:
    return Decimal(1).scaleb(-places)


def grouped(value: Decimal, places: int, *, signed: bool = False) -> str:
    """Return digits with thousands separators and `places` decimals, as both languages write them.

    With `signed` a value above zero gets its plus sign.
    """
    result = rounded(value, places)
    sign = "-" if result < 0 else "+" if signed and result > 0 else ""
    return f"{sign}{abs(result):,f}"


def count(value: int | Decimal) -> Text:
    """Return a whole number with thousands separators."""
    return words.same(grouped(Decimal(value), 0))


@cache
def symbol(currency: str) -> str:
    """Return the sign put before an amount in English: ¥ for CNY, else the shortest unambiguous one."""
    from babel.numbers import get_currency_symbol

    if currency == "CNY":
        return "¥"
    sign = str(get_currency_symbol(currency, locale="en"))
    return f"{sign} " if sign == currency else sign


@cache
def unit_name(currency: str) -> str:
    """Return the word put after an amount in Chinese: 元 for CNY, else the currency's name."""
    from babel.numbers import get_currency_name

    if currency == "CNY":
        return str(words.catalog("zh")["unit.yuan"])
    return str(get_currency_name(currency, locale="zh_CN"))


@dataclass(frozen=True)
class Parts:
    """A figure taken apart for big print: sign and symbol, digits, unit."""

    lead: Text
    digits: Text
    unit: Text

    @property
    def text(self) -> Text:
        """Return the parts put together: a space before a Chinese unit, none before an English one."""
        gap = " " if self.unit.zh and self.unit.zh != "%" else ""
        return Text(
            f"{self.lead.zh}{self.digits.zh}{gap}{self.unit.zh}",
            f"{self.lead.en}{self.digits.en}{self.unit.en}",
        )


def _scaled_zh(value: Decimal) -> tuple[Decimal, int, str]:
    """Pick divisor, decimals and unit key; a value that rounds up to the next unit takes that unit."""
    size = abs(value)
    if rounded(size / _WAN, 0) >= _WAN:
        return _YI, 2, "unit.yi"
    if rounded(size / _WAN, 1) >= 1000:
        return _WAN, 0, "unit.wan"
    if rounded(size, 0) >= _WAN:
        return _WAN, 1, "unit.wan"
    return Decimal(1), 0 if size >= _THOUSAND or size == 0 else 2, ""


def _scaled_en(value: Decimal) -> tuple[Decimal, int, str]:
    size = abs(value)
    if rounded(size / _THOUSAND, 1) >= _THOUSAND:
        return _MILLION, 2, "unit.million"
    if rounded(size, 0) >= _THOUSAND:
        return _THOUSAND, 1, "unit.thousand"
    return Decimal(1), 0 if size == 0 else 2, ""


def money_parts(value: Decimal | None, currency: str, *, signed: bool = False) -> Parts:
    """Return a headline amount taken apart; None gives a dash."""
    if value is None:
        return Parts(words.EMPTY, NONE, words.EMPTY)
    zh_by, zh_places, zh_unit = _scaled_zh(value)
    en_by, en_places, en_unit = _scaled_en(value)
    zh_digits = grouped(value / zh_by, zh_places, signed=signed)
    en_digits = grouped(value / en_by, en_places, signed=signed)
    sign = en_digits[0] if en_digits[0] in "+-" else ""
    zh_word = str(words.catalog("zh")[zh_unit]) if zh_unit else ""
    en_word = str(words.catalog("en")[en_unit]) if en_unit else ""
    return Parts(
        Text("", sign + symbol(currency)),
        Text(zh_digits, en_digits.removeprefix(sign)),
        Text(zh_word + unit_name(currency), en_word),
    )


def money(value: Decimal | None, currency: str, *, signed: bool = False) -> Text:
    """Return a headline amount: 2,150 万元 and ¥21.50m."""
    return money_parts(value, currency, signed=signed).text


def full_money(value: Decimal | None, currency: str) -> Text:
    """Return an amount to the cent, for statements and tie-outs."""
    if value is None:
        return NONE
    digits = grouped(value, 2)
    sign = "-" if digits.startswith("-") else ""
    return Text(f"{digits} {unit_name(currency)}", f"{sign}{symbol(currency)}{digits.removeprefix('-')}")


def rate(value: Decimal | None, places: int = 1) -> Text:
    """Return a share as a percentage; None gives a dash."""
    return NONE if value is None else words.same(grouped(value * 100, places) + "%")


def rate_parts(value: Decimal | None) -> Parts:
    """Return a share taken apart for big print."""
    if value is None:
        return Parts(words.EMPTY, NONE, words.EMPTY)
    return Parts(words.EMPTY, words.same(grouped(value * 100, 1)), words.same("%"))


def days(value: Decimal | int | None, places: int = 0) -> Text:
    """Return a number of days with its unit."""
    if value is None:
        return NONE
    return words.text("unit.days", int(value), n=grouped(Decimal(value), places))


@dataclass(frozen=True)
class TableUnit:
    """One unit for all amounts of a table, said once in its subtitle."""

    divisor: Text  # how many of the currency one unit is, per language
    places: tuple[int, int]
    label: Text

    def of(self, value: Decimal | None, *, signed: bool = False) -> Text:
        """Return an amount in this unit, without the unit."""
        if value is None:
            return NONE
        return Text(
            grouped(value / Decimal(self.divisor.zh), self.places[0], signed=signed),
            grouped(value / Decimal(self.divisor.en), self.places[1], signed=signed),
        )

    def short(self, value: Decimal | None, *, signed: bool = False) -> Text:
        """Return an amount in this unit for a label in a chart: without decimals once it has four digits."""
        if value is None:
            return NONE
        labels = []
        for lang, places in zip(words.LANGUAGES, self.places, strict=True):
            scaled = value / Decimal(self.divisor.of(lang))
            labels.append(grouped(scaled, 0 if abs(scaled) >= _THOUSAND else places, signed=signed))
        return Text(labels[0], labels[1])

    def scaled(self, value: Decimal | None, lang: str) -> Decimal | None:
        """Return an amount divided by the unit of `lang`, unrounded, for a chart's axis."""
        return None if value is None else value / Decimal(self.divisor.of(lang))


def table_unit(values: Iterable[Decimal | None], currency: str) -> TableUnit:
    """Choose the one unit in which every amount of a table is shown, from the largest of them."""
    largest = max((abs(value) for value in values if value is not None), default=Decimal(0))
    zh_steps = [(100 * _YI, _YI, 2, "unit.yi"), (10 * _WAN, _WAN, 1, "unit.wan")]
    en_steps = [(100_000 * _MILLION, _MILLION, 1, "unit.m"), (100 * _THOUSAND, _THOUSAND, 0, "unit.k")]
    plain = 0 if largest >= _THOUSAND else 2
    zh = next((step[1:] for step in zh_steps if largest >= step[0]), (Decimal(1), plain, ""))
    en = next((step[1:] for step in en_steps if largest >= step[0]), (Decimal(1), plain, ""))
    zh_word = str(words.catalog("zh")[zh[2]]) if zh[2] else ""
    en_word = " " + str(words.catalog("en")[en[2]]) if en[2] else ""
    label = Text(zh_word + unit_name(currency), (symbol(currency).strip() + en_word))
    return TableUnit(Text(str(zh[0]), str(en[0])), (int(zh[1]), int(en[1])), label)


@dataclass(frozen=True)
class Change:
    """How a figure moved against a base: by `ratio` (growth) or by `points` (a change of a rate)."""

    ratio: Decimal | None
    points: Decimal | None
    is_flat: bool

    @property
    def size(self) -> Decimal | None:
        """Return growth or points, whichever this change is in; None when it can't be told."""
        return self.ratio if self.ratio is not None else self.points

    @property
    def direction(self) -> int:
        """Return 1 for up, -1 for down, 0 for flat or unknown."""
        size = self.size
        if size is None or self.is_flat:
            return 0
        return 1 if size > 0 else -1

    @property
    def text(self) -> Text:
        """Return the change with its sign: +10.6%, +2.7 pp, >999% or a dash."""
        if self.points is not None:
            return words.text("unit.points", n=grouped(self.points * 100, 1, signed=True))
        if self.ratio is None:
            return NONE
        if abs(self.ratio) > _CAP:
            return words.same(">999%" if self.ratio > 0 else "<-999%")
        return words.same(grouped(self.ratio * 100, 1, signed=True) + "%")


UNKNOWN_CHANGE = Change(None, None, False)


def change(current: Decimal | None, base: Decimal | None, *, of_rate: bool = False) -> Change:
    """Compare a figure with its base.

    Growth on a base of zero or less can't be told; a change of a rate is in percentage points.
    """
    if current is None or base is None:
        return UNKNOWN_CHANGE
    if of_rate:
        points = current - base
        return Change(None, points, abs(points) < _FLAT / 10)
    if base <= 0:
        return UNKNOWN_CHANGE
    ratio = current / base - 1
    return Change(ratio, None, abs(ratio) < _FLAT)
