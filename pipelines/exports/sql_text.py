"""Pieces of SQL over text: quoting, trimming, half width."""

from __future__ import annotations

from collections.abc import Iterable

_FULL_WIDTH = "".join(chr(code) for code in range(0xFF01, 0xFF5F))
_HALF_WIDTH = "".join(chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F))
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
    """Return the expression of `text` trimmed and in half-width characters; plain ASCII is not translated."""
    translated = f"translate({trimmed(text)}, {literal(_FULL_WIDTH)}, {literal(_HALF_WIDTH)})"
    return f"(case when strlen({text}) = length({text}) then {trimmed(text)} else {translated} end)"
