"""The faults that a messy demo holds, read from `faults.yaml`, and what each does to the cells of a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from pipelines.errors import UsageError, did_you_mean

Row = Mapping[str, str]

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True)
class Fault:
    """One known fault.

    `victim` names the query that gives the rows it may touch and `place` which of them is its own. `action` is set,
    copy, drop, or what is done to a whole file. `cells` are the new cells by column: a text, or a change of `_CHANGES`.
    """

    name: str
    kind: str
    outcome: str
    zh: str
    en: str
    reason: str = ""
    also: Sequence[str] = ()
    victim: str = ""
    action: str = "set"
    place: int = 0
    cells: Mapping[str, Any] = field(default_factory=dict)

    def changed(self, row: Row) -> dict[str, str]:
        """Return the row with this fault in it."""
        return {**row, **{column: _cell(row, column, change) for column, change in self.cells.items()}}

    @property
    def unquoted(self) -> str:
        """The text that is written without the quotes it needs, if any."""
        texts = [change["unquoted"] for change in self.cells.values() if "unquoted" in change]
        return str(texts[0]) if texts else ""


@cache
def known() -> tuple[Fault, ...]:
    """Return every fault, in the order of the file."""
    entries = yaml.safe_load((Path(__file__).parent / "faults.yaml").read_text(encoding="utf-8"))
    places: dict[str, int] = {}
    faults = []
    for entry in entries:
        victim = entry.get("victim", "")
        places[victim] = places.get(victim, -1) + 1
        faults.append(Fault(**entry, place=places[victim]))
    return tuple(faults)


def named(names: Iterable[str]) -> list[Fault]:
    """Return the faults named, in the order of the file. Raises UsageError for a name that none has."""
    by_name = {fault.name: fault for fault in known()}
    wanted = set(names)
    for name in sorted(wanted - set(by_name)):
        raise UsageError("No such fault of the demo", found=name, hint=did_you_mean(name, by_name))
    return [fault for fault in known() if fault.name in wanted]


def _cell(row: Row, column: str, change: str | Mapping[str, Any]) -> str:
    if isinstance(change, str):
        return change
    if "after" in change:
        return (date.fromisoformat(row[change["after"]]) + timedelta(change["days"])).isoformat()
    (word, argument), *_ = change.items()
    return _CHANGES[word](row, column, argument)


def _money(amount: Decimal) -> str:
    return format(amount.quantize(Decimal("0.01")), "f")


def _times(row: Row, column: str, factor: str) -> str:
    product = Decimal(row[column]) * Decimal(factor)
    return _money(product) if "." in row[column] else format(product, "f")


def _plus(row: Row, column: str, amount: str) -> str:
    return format(Decimal(row[column]) + Decimal(amount), "f")


def _above(row: Row, _column: str, factors: list[str]) -> str:
    return _money(Decimal(row[factors[0]]) * Decimal(row[factors[1]]) + 1)


def _same_as(row: Row, _column: str, other: str) -> str:
    return row[other]


def _wrong_check(row: Row, _column: str, other: str) -> str:
    """Put the next character of the alphabet where the check character stands."""
    right = row[other]
    return right[:-1] + _ALPHABET[(_ALPHABET.index(right[-1]) + 1) % len(_ALPHABET)]


def _full_width(row: Row, _column: str, other: str) -> str:
    return "".join(chr(ord(character) + 0xFEE0) for character in row[other])


def _as_money(row: Row, _column: str, other: str) -> str:
    return f"¥{Decimal(row[other]):,.2f}"


def _slashes(row: Row, _column: str, other: str) -> str:
    return row[other].replace("-", "/")


def _padded(row: Row, _column: str, other: str) -> str:
    return f" \u3000{row[other]}\u3000 "


def _fifteen_digits(row: Row, _column: str, other: str) -> str:
    """Keep fifteen digits, as a spreadsheet's number does; none of them a zero at the end."""
    return row[other][:14] + "7" + "0" * (len(row[other]) - 15)


def _cut(row: Row, _column: str, other: str) -> str:
    return row[other][:-1]


def _suffixed(row: Row, _column: str, other: str) -> str:
    return row[other] + "B"


def _unquoted(_row: Row, _column: str, text: str) -> str:
    return text


_CHANGES: dict[str, Callable[[Row, str, Any], str]] = {
    "times": _times,
    "plus": _plus,
    "above": _above,
    "same_as": _same_as,
    "wrong_check": _wrong_check,
    "full_width": _full_width,
    "as_money": _as_money,
    "slashes": _slashes,
    "padded": _padded,
    "fifteen_digits": _fifteen_digits,
    "cut": _cut,
    "suffixed": _suffixed,
    "unquoted": _unquoted,
}
