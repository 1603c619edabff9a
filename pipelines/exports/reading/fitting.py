"""Fit a record's fields to the header, or say why they do not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def fitted(cells: Sequence[str], width: int) -> list[str] | None:
    """Return exactly `width` fields, or None when which field belongs where cannot be told.

    Empty fields beyond the header are dropped (trailing delimiters) and missing ones at the end are blank. A surplus is
    mended only where the unquoted delimiter inside a text shows itself: the piece after it starts with a blank, and
    joining exactly those pieces gives the right number of fields.
    """
    fields = list(cells)
    while len(fields) > width and not fields[-1].strip():
        fields.pop()
    if len(fields) < width:
        return fields + [""] * (width - len(fields))
    return fields if len(fields) == width else None


def mended(cells: Sequence[str], width: int, delimiter: str) -> list[str] | None:
    """Return `width` fields after joining pieces that start with a blank to the field before, or None."""
    fields: list[str] = []
    for cell in cells:
        if fields and cell[:1] == " " and cell.strip() and delimiter != " ":
            fields[-1] += delimiter + cell
        else:
            fields.append(cell)
    return fields if len(fields) == width else None
