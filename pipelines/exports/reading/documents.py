"""Open JSON arrays and JSON lines of flat objects."""

from __future__ import annotations

import json
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
_NEXT = "Export it as CSV, or as one flat object a line."


def open_documents(path: Path, where: str, workspace: Workspace) -> list[TextTable]:
    """Return the file's one table; keys are columns in order of first appearance, numbers keep their digits.

    Row n is the n-th object. Raises UnreadableExport when the text is damaged, cut off, nested or holds no object.
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
            row = [_cell(item.get(key), key, number, where) for key in keys]
            writer.add(number, row)
            if number <= SAMPLE_ROWS:
                sample.append(tuple(cell or "" for cell in row))
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
    """Yield the objects of an array or of lines, one at a time, in bounded memory."""
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
                yield _flat(item, number, where)
                continue
            if len(text) - at > 4 * MAX_LINE:
                raise _unreadable(
                    "An object is too long or damaged.", f"item {number + 1}: {text[at:][:60]}", where
                )
            piece = stream.read(_PIECE)
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


def _flat(item: Any, number: int, where: str) -> dict[str, Any]:
    if not isinstance(item, dict):
        raise _unreadable("An item is no object.", f"item {number}: {str(item)[:60]}", where)
    return item


def _cell(value: object, key: str, number: int, where: str) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (dict, list)):
        raise _unreadable("A value is nested.", f"{key} of item {number}", where)
    return str(value).strip() or None


def _unreadable(what: str, found: str, where: str) -> UnreadableExport:
    return UnreadableExport(
        what, where=where, found=found, expected="an array, or lines, of flat objects", next_step=_NEXT
    )
