"""SQL that reads codes, texts, status words, yes and no."""

from __future__ import annotations

from pipelines.exports import traditional
from pipelines.exports.declarations import normalise
from pipelines.exports.sql_text import UNUSUAL, half_width, listed, literal

_YES = ("true", "t", "yes", "y", "1", "是", "√", "✓", "对", "有", "含税", "已")
_NO = ("false", "f", "no", "n", "0", "否", "×", "✗", "错", "不含税", "未")
# Digits of the shortest code that a spreadsheet can have ended in zeros: it keeps 15, and three zeros are no accident.
_SHORTEST_SPOILT = 18
_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def plain_text(text: str) -> str:
    """Return the expression of a text that has no blank around it, else null."""
    clean = (
        f"{text} >= '!' and not ends_with({text}, ' ') and not ends_with({text}, chr(9)) "
        f"and not ends_with({text}, chr(160)) and not ends_with({text}, chr(12288)) and not ends_with({text}, chr(13)) "
        f"and not ends_with({text}, chr(10)) "
        f"and not starts_with({text}, chr(160)) and not starts_with({text}, chr(12288))"
    )
    return f"case when {clean} then {text} end"


def plain_code(text: str, width: int) -> str:
    """Return the expression of a code in half width, without blanks, that cannot be spoilt, else null."""
    is_half = (
        f"case when strlen({text}) = length({text}) then true "
        f"else not regexp_matches({text}, {literal(UNUSUAL)}) end"
    )
    may_be_spoilt = (
        f"case when ends_with({text}, '000') then strlen({text}) >= {_SHORTEST_SPOILT} else false end"
    )
    may_be_power = (
        f"case when contains({text}, '.') or contains({text}, '+') "
        f"then contains({text}, 'E') or contains({text}, 'e') else false end"
    )
    clean = (
        f"{text} >= '(' and {is_half} and not ({may_be_spoilt}) and not ({may_be_power}) "
        f"and not ends_with({text}, ' ') and not ends_with({text}, chr(9)) and not ends_with({text}, chr(10)) "
        f"and not ends_with({text}, chr(13)) and not starts_with({text}, '=')"
    )
    return f"case when {clean}{f' and strlen({text}) >= {width}' if width else ''} then {text} end"


def bare_code(text: str) -> str:
    """Return the expression of a code in half width, without a spreadsheet's guards (="…" and a leading ')."""
    unwrapped = f"regexp_replace({half_width(text)}, '^=\"(.*)\"$', '\\1')"
    return f"regexp_replace({unwrapped}, '^''([0-9A-Z+][^'']*)$', '\\1')"


def sound_code(shaped: str, width: int, *, may_be_credit_code: bool = False) -> str:
    """Return the expression of a code, null when a spreadsheet has spoilt the number.

    Spoilt: 1.23E+19, or 18 digits and more that are zeros from the 16th on (a spreadsheet keeps 15), or fewer digits
    than the code's fixed width (leading zeros lost), or an error value such as #REF!. A unified social credit code may
    end in zeros by right: its check character says so.
    """
    zeros = rf"\d{{15}}0{{{_SHORTEST_SPOILT - 15},}}"
    spoilt = rf"\d([.,]\d+)?[eE][+]?\d+|{zeros}|#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!)"
    if width > 1:
        spoilt += rf"|\d{{1,{width - 1}}}"
    right = f" when {has_check_character(shaped)} then {shaped}" if may_be_credit_code else ""
    return f"case when not regexp_full_match({shaped}, {literal(spoilt)}) then {shaped}{right} end"


def has_check_character(code: str) -> str:
    """Return the condition that a code is a unified social credit code whose last character is right (GB 32100-2015).

    The last is 31 less the weighted sum of the first 17 characters' values, weights being the powers of 3, modulo 31.
    """
    weighted = " + ".join(
        f"(strpos({literal(_CREDIT)}, substr({code}, {place + 1}, 1)) - 1) * {3**place % 31}"
        for place in range(17)
    )
    form = f"regexp_full_match({code}, '[0-9A-HJ-NPQRTUWXY]{{2}}[0-9]{{6}}[0-9A-HJ-NPQRTUWXY]{{10}}')"
    return (
        f"{form} and substr({literal(_CREDIT)}, 1 + (31 - ({weighted}) % 31) % 31, 1) = substr({code}, 18, 1)"
    )


def seen_word(text: str, words: dict[str, str], seen: tuple[str, ...]) -> str:
    """Return the expression that translates words written as in the sample, or plainly; those of the sample first."""
    sample = {word: words[normalise(word)] for word in seen if normalise(word) in words}
    own = {ours: ours for ours in words.values() if words.get(normalise(ours)) == ours}
    known = sample | own | words
    branches = "".join(f" when {literal(word)} then {literal(ours)}" for word, ours in known.items())
    return f"case {text}{branches} end" if branches else "null::varchar"


def bare_word(text: str) -> str:
    """Return the expression of a word without blanks and punctuation, as `normalise` gives it.

    Not by classes of Unicode: they would take longer to compile than a file takes to read.
    """
    marks = "'[\\x00-/:-@\\[-`{-\\x7f\\x{3000}-\\x{303f}]'"
    bare = f"regexp_replace(lower({half_width(text)}), {marks}, '', 'g')"
    return _simplified(bare)


def _simplified(text: str) -> str:
    return f"translate({text}, {literal(traditional.TRADITIONAL)}, {literal(traditional.SIMPLIFIED)})"


def known_word(bare: str, words: dict[str, str]) -> str:
    """Return the expression of our word for another's, null for one that is not known."""
    return f"case {bare}{''.join(f' when {literal(word)} then {literal(ours)}' for word, ours in words.items())} end"


def yes_or_no(shaped: str) -> str:
    """Return the expression of a boolean, null for any other word."""
    return f"case when {shaped} in ({listed(_YES)}) then true when {shaped} in ({listed(_NO)}) then false end"
