"""Tell the delimiter and quoting of a text from its first lines."""

from __future__ import annotations

import csv
import math
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

from pipelines.exports.reading.layout import filled
from pipelines.exports.reading.records import Dialect, reader_options

if TYPE_CHECKING:
    from collections.abc import Iterable

_DELIMITERS = (",", "\t", ";", "|", "^", "~", "\x01", "\x1f")
_LOOKED_AT = 300
_CLEARLY = 1.1


def detect(lines: list[str]) -> Dialect:
    """Return the dialect under which most of the first lines have the same, largest number of fields.

    A text of one column has no delimiter; it is read as comma-separated.
    """
    single = _in_single_quotes(lines)
    quoting = [("", "")] if not any('"' in line for line in lines) else [('"', '"'), ('"', "\\"), ("", "")]
    quoting = [("'", "'")] if single else quoting
    if not any('\\"' in line for line in lines):
        quoting = [pair for pair in quoting if pair[1] != "\\"]
    best, chosen = 0.0, Dialect(",")
    for delimiter in _DELIMITERS:
        if not any(delimiter in line for line in lines):
            continue
        for quote, escape in quoting:
            dialect = Dialect(delimiter, quote, escape)
            score = _score(lines, dialect)
            # Another delimiter needs to fit better; no quoting, or another escape, far better than the usual kind.
            if score > best * (_CLEARLY if delimiter == chosen.delimiter else 1.0) + 1e-9:
                best, chosen = score, dialect
    # A file whose head shows no quote may have one further down: quotes are the rule, their absence an exception.
    return Dialect(chosen.delimiter) if not single and '"' not in "".join(lines) else chosen


def _in_single_quotes(lines: list[str]) -> bool:
    """Tell whether every line, a preamble's apart, begins and ends with a single quote, as some databases write."""
    held = [line.strip() for line in lines if line.strip()]
    quoted = sum(len(line) > 1 and line[0] == line[-1] == "'" for line in held)
    return quoted > 1 and quoted >= 0.9 * len(held)


def _score(lines: list[str], dialect: Dialect) -> float:
    try:
        rows = _rows(lines, dialect)
    except csv.Error:
        return 0.0
    widths = Counter(len(row) for row in rows if filled(row))
    if not widths:
        return 0.0
    total = sum(widths.values())
    several = {width: count for width, count in widths.items() if width > 1}
    if not several:
        return 0.0
    width, count = max(several.items(), key=lambda item: (item[1], item[0]))
    covered = sum(widths[near] for near in (width - 1, width, width + 1) if near > 1)
    header = max(rows[:60], key=filled)
    named = sum(1 for cell in header if cell.strip() and len(cell) < 60) / max(len(header), 1)
    # A few fields in nearly every row say more than many in some; a preamble of up to half the lines is usual.
    stray = sum(1 for row in rows if any(cell[:1] == '"' or cell[-1:] == '"' for cell in row)) / len(rows)
    # A quote left at a field's edge says that quoting was misread.
    fit = (0.7 * covered / total + 0.3 * count / total) * (1 - stray / 2)
    return fit * math.sqrt(min(width, 12)) * (0.5 + named)


def _rows(lines: Iterable[str], dialect: Dialect) -> list[list[str]]:
    reader = csv.reader(lines, **reader_options(dialect))
    return list(islice(reader, _LOOKED_AT))
