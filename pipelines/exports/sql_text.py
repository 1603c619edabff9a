"""Pieces of SQL over text: quoting, trimming, half width."""

from __future__ import annotations

from collections.abc import Iterable

# Full-width forms, and every blank of Unicode that is not ASCII, beside what they are compared as.
_WIDE_BLANKS = "".join(map(chr, (0x85, 0xA0, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000)))
_FULL_WIDTH = "".join(map(chr, range(0xFF01, 0xFF5F))) + _WIDE_BLANKS
_HALF_WIDTH = "".join(map(chr, range(0x21, 0x7F))) + " " * len(_WIDE_BLANKS)
# Characters that nobody sees: soft hyphen, zero-width space, marks of direction, joiners of words, byte order mark.
# What is copied from a page, a chat or a file's properties bears them. Zero-width joiners stay: emoji need them.
_UNSEEN = "".join(
    map(chr, (0xAD, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF))
)
# A character that is not as it is compared.
UNUSUAL = f"[\\x{{ff01}}-\\x{{ff5e}}{_WIDE_BLANKS}{_UNSEEN}]"
_BLANKS = "' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(12288) || chr(65279)"


def literal(text: str) -> str:
    """Return `text` as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def name(text: str) -> str:
    """Return `text` as an SQL identifier."""
    return '"' + text.replace('"', '""') + '"'


def listed(words: Iterable[str]) -> str:
    """Return `words` as SQL strings in a list."""
    return ", ".join(literal(word) for word in words)


def trimmed(text: str) -> str:
    """Return the expression of `text` without the blanks around it, those of spreadsheets and of Chinese too."""
    return f"trim({text}, {_BLANKS})"


def half_width(text: str) -> str:
    """Return the expression of `text` in half-width characters, trimmed, without what nobody sees.

    Plain ASCII is not translated.
    """
    translated = trimmed(f"translate({text}, {literal(_FULL_WIDTH + _UNSEEN)}, {literal(_HALF_WIDTH)})")
    return f"(case when strlen({text}) = length({text}) then {trimmed(text)} else {translated} end)"
