"""Amounts of renminbi in Chinese capitals, as papers that are stamped carry them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from pipelines.reporting import words

_MOST = Decimal(10) ** 16


def capitals(amount: Decimal) -> str:
    """Return an amount of renminbi in capitals, to the cent; below zero begins with the sign's word.

    By the rules of the People's Bank for filling in bills: zeros in between are read once, and an amount without
    cents ends in a word that says so. Raises ValueError for an amount that no bill could carry (10^16 and more).
    """
    cents = abs(amount).quantize(Decimal("0.01"), ROUND_HALF_UP)
    if cents >= _MOST:
        message = f"no capitals for {amount}"
        raise ValueError(message)
    whole, fraction = divmod(int(cents * 100), 100)
    tens, ones = divmod(fraction, 10)
    digits = _word("digits")
    written = _whole(whole) + _word("yuan") if whole or not fraction else ""
    if tens:
        written += digits[tens] + _word("tens")
    elif ones and whole:
        written += digits[0]
    written += digits[ones] + _word("cents") if ones else _word("even")
    return _word("below") + written if amount < 0 and cents else written


def _word(key: str) -> str:
    return words.text(f"capitals.{key}").zh


def _whole(number: int) -> str:
    """Return whole units in groups of four digits; nothing but zero is written as zero."""
    digits, groups = _word("digits"), _word("groups").split(",")
    written = ""
    is_zero_due = False
    for group_no in range(len(groups) - 1, -1, -1):
        group = number // 10_000**group_no % 10_000
        if not group:
            is_zero_due = bool(written)
            continue
        if written and (is_zero_due or group < 1000):
            written += digits[0]
        written += _group(group) + groups[group_no]
        is_zero_due = False
    return written or digits[0]


def _group(group: int) -> str:
    digits, places = _word("digits"), _word("places").split(",")
    written = ""
    is_zero_due = False
    for place in range(3, -1, -1):
        digit = group // 10**place % 10
        if not digit:
            is_zero_due = bool(written)
            continue
        written += (digits[0] if is_zero_due else "") + digits[digit] + places[place]
        is_zero_due = False
    return written
