"""Text that comes from data and goes into a mail's header."""

from __future__ import annotations

import unicodedata

# A longer name only pushes the rest of a line aside.
_LONGEST_NAME = 80


def one_line(text: str, longest: int = _LONGEST_NAME) -> str:
    """Return text that cannot begin a header, hide a part of itself, or run on: for subjects and names.

    What looks like an encoded word is broken: it would be decoded, with whatever line ends it holds.
    """
    visible = "".join(
        " " if character.isspace() else character
        for character in text
        if character.isspace() or unicodedata.category(character)[0] != "C"
    )
    return " ".join(visible.replace("=?", "= ?").split())[:longest]
