"""Open JSON: arrays and lines of objects, and objects that wrap them; nested ones laid out as rows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pipelines.errors import UnreadableExport
from pipelines.exports.reading import encodings
from pipelines.exports.reading.records import MAX_LINE
from pipelines.exports.reading.tables import MAX_COLUMNS, ROW_COLUMN, SAMPLE_ROWS, TextTable, header_names
from pipelines.exports.reading.writing import TextWriter, parquet_relation

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.exports.reading.workspace import Workspace

_PIECE = 1 << 20
# An answer that wraps all its orders is one object.
_LARGEST = 32 * MAX_LINE
_DEEPEST = 6
# What belongs to a whole document and would be multiplied if its lines repeated it.
_AMOUNT = re.compile(
    r"amount|total|price|tax|discount|fee|freight|shipping|paid|金额|合计|总|税|费|优惠", re.IGNORECASE
)
_NEXT = "Export it as CSV, or as one flat object a line."


def open_documents(path: Path, where: str, workspace: Workspace) -> list[TextTable]:
    """Return the file's one table; keys are columns in order of first appearance, numbers keep their digits.

    An object within an object gives columns of both names (customer.id: customer_id). A list of objects gives a row
    for each, what stands around it repeated, its amounts on the first row only: so an answer that wraps its orders,
    and orders that hold their lines, are rows of lines. Row n is the n-th of these. Raises UnreadableExport when the
    text is damaged, cut off, holds no object or two lists of objects side by side.
    """
    encoding = encodings.detect(path, where)
    keys: dict[str, None] = {}
    for item in _objects(path, encoding, where):
        keys.update(dict.fromkeys(item))
        if len(keys) > MAX_COLUMNS:
            break
    if not keys:
        raise _unreadable("The JSON file holds no object.", "an empty list", where)
    names = header_names(list(keys), where)
    target = workspace.new_file(".parquet")
    sample: list[tuple[str, ...]] = []
    with TextWriter(target, names) as writer:
        for number, item in enumerate(_objects(path, encoding, where), 1):
            row = [_cell(item.get(key)) or "" for key in keys]
            if any(len(cell) > MAX_LINE for cell in row):
                raise _unreadable("A text is too long to be part of an export.", f"item {number}", where)
            writer.add(number, row)
            if number <= SAMPLE_ROWS:
                sample.append(tuple(row))
    return [
        TextTable(
            part="",
            header=names,
            sample=tuple(sample),
            relation=parquet_relation(target, names),
            first_row=1,
            row_column=ROW_COLUMN,
            rows_read=writer.written,
            rows_skipped=0,
            skipped=(),
            encoding=encoding,
            notes=(),
        )
    ]


def _objects(path: Path, encoding: str, where: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of an array's or of lines' objects, one object at a time, in bounded memory."""
    decoder = json.JSONDecoder(parse_float=Decimal, parse_int=Decimal)
    number = 0
    with path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="") as stream:
        text = stream.read(_PIECE).lstrip()
        is_list = text[:1] == "["
        at = 1 if is_list else 0
        while True:
            at = _next_value(text, at)
            if is_list and text[at : at + 1] == "]":
                return
            item, end = _decoded(decoder, text, at)
            if end:
                number, at = number + 1, end
                yield from _rows(item, number, where, depth=0)
                continue
            if len(text) - at >= _LARGEST:
                raise _unreadable(
                    "An object is too long or damaged.", f"item {number + 1}: {text[at:][:60]}", where
                )
            # An object that is not whole is read on by its own length, so that few attempts are made.
            piece = stream.read(min(max(_PIECE, len(text) - at), _LARGEST))
            if not piece:
                break
            text, at = text[at:] + piece, 0
    if text[at:].strip() or is_list:
        rest = text[at:][:60] or "the end"
        raise _unreadable("The JSON is damaged or cut off.", f"item {number + 1}: {rest}", where)


def _next_value(text: str, at: int) -> int:
    """Return where the next value starts: beyond blanks, line ends and commas."""
    while at < len(text) and text[at] in " \t\r\n,":
        at += 1
    return at


def _decoded(decoder: json.JSONDecoder, text: str, at: int) -> tuple[Any, int]:
    """Return the value at a place and where it ends; 0 when the text is not yet, or never, a whole value."""
    if at >= len(text):
        return None, 0
    try:
        return decoder.raw_decode(text, at)
    except (ValueError, RecursionError):
        return None, 0


def _rows(item: Any, number: int, where: str, depth: int) -> Iterator[dict[str, Any]]:
    """Yield an item's rows: one, or one for each object of the list within it."""
    if not isinstance(item, dict):
        raise _unreadable(
            "An item is no object.", f"item {number}: {json.dumps(item, default=str)[:60]}", where
        )
    flat = dict(_flat(item, "", number, where, depth))
    lists = [key for key, value in flat.items() if isinstance(value, list)]
    if not lists:
        yield flat
        return
    if len(lists) > 1:
        raise _unreadable(
            "Two lists stand side by side.", f"{' and '.join(lists[:2])} of item {number}", where
        )
    inner, around = flat.pop(lists[0]), flat
    for one in inner:
        for row in _rows(one, number, where, depth + 1):
            yield around | {f"{lists[0]}_{key}" if key in flat else key: value for key, value in row.items()}
            around = {key: None if _AMOUNT.search(key) else value for key, value in flat.items()}


def _flat(
    item: dict[str, Any], prefix: str, number: int, where: str, depth: int
) -> Iterator[tuple[str, Any]]:
    """Yield keys and values, those of objects within under both names, lists of plain values as one text."""
    if depth > _DEEPEST:
        raise _unreadable("Objects are nested too deep.", f"{prefix[:60]} of item {number}", where)
    for key, value in item.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            yield from _flat(value, f"{name}_", number, where, depth + 1)
        elif isinstance(value, list) and not any(isinstance(one, (dict, list)) for one in value):
            yield name, ", ".join(str(one) for one in value) or None
        else:
            yield name, value


def _cell(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return str(value).strip() or None


def _unreadable(what: str, found: str, where: str) -> UnreadableExport:
    return UnreadableExport(
        what, where=where, found=found, expected="an array, or lines, of objects", next_step=_NEXT
    )
