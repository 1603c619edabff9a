"""Tell a text's encoding, or refuse: strict UTF-8 first, then what header words and byte patterns prove."""

from __future__ import annotations

import codecs
import re
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import UnreadableExport
from pipelines.exports.reading.words import JAPANESE, SIMPLIFIED, TRADITIONAL

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK = 1 << 22
_HEAD = 1 << 18
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NEXT = "Save the file as UTF-8 (Excel: CSV UTF-8) and load it again."
# Letters that Western names, streets and goods are full of; the rest of a code page is punctuation and rarities.
_ACCENTED = "àáâãäåæçèéêëìíîïñòóôõöøœùúûüýÿßÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØŒÙÚÛÜÝ"
# Mac Roman is rare today: fewer letters than this may be chance.
_FEW = 5
_LETTERS = 2_000
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
_TYPOGRAPHIC = "\u2018\u2019\u201c\u201d\u2013\u2014\u2026\u20ac£©®°™ºª\xa0•¡¿«»½¼¾²³"


def detect(path: Path, where: str) -> str:
    """Return the Python name of the file's encoding, proven over the whole file.

    Raises UnreadableExport for NUL bytes, for bytes no known encoding explains, and when two encodings explain them
    equally well.
    """
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    for mark, name in _BOMS:
        if head.startswith(mark):
            _prove(path, name, where)
            return name
    wide = _wide(head)
    if wide:
        _prove(path, wide, where)
        return wide
    refuse_nul(path, where)
    if is_valid(path, "utf-8"):
        return "utf-8"
    return _eight_bit(path, head, where)


def at_first_look(path: Path) -> str:
    """Return utf-8 or utf-8-sig when a file begins as that, and as text; else nothing: it takes a look at all of it."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    if b"\0" in head:
        return ""
    try:
        codecs.getincrementaldecoder("utf-8")("strict").decode(head)
    except UnicodeError:
        return ""
    return "utf-8-sig" if head.startswith(codecs.BOM_UTF8) else "utf-8"


def _wide(head: bytes) -> str | None:
    """Return the UTF-16 of a text without a mark: every other byte is nul in what Western characters it holds."""
    even, odd = head[0:4000:2].count(0), head[1:4000:2].count(0)
    half = min(len(head), 4000) / 2
    if half < 4 or max(even, odd) < 0.2 * half or min(even, odd) > 0.02 * half:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def refuse_nul(path: Path, where: str) -> None:
    """Raise UnreadableExport when the file holds a NUL byte, which no text does."""
    position = 0
    for chunk in chunks(path):
        found = chunk.find(b"\0")
        if found >= 0:
            raise UnreadableExport(
                "The file is not text: it holds NUL bytes.",
                where=where,
                found=f"a NUL byte at position {position + found:,}",
                expected="text without NUL bytes",
                next_step="Export the file again; the copy or the program that wrote it damaged it.",
            )
        position += len(chunk)


def chunks(path: Path) -> Iterator[bytes]:
    """Yield the file's bytes in pieces of bounded size."""
    with path.open("rb") as stream:
        while piece := stream.read(CHUNK):
            yield piece


def _bad_position(path: Path, encoding: str) -> int | None:
    """Return where the file stops being valid in `encoding`, or None when it is valid to its end."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    position = 0
    try:
        for chunk in chunks(path):
            decoder.decode(chunk)
            position += len(chunk)
        decoder.decode(b"", final=True)
    except UnicodeError as error:
        return position + getattr(error, "start", 0)
    return None


def is_valid(path: Path, encoding: str) -> bool:
    """Tell whether every byte of the file is valid in an encoding."""
    return _bad_position(path, encoding) is None


def _prove(path: Path, encoding: str, where: str) -> None:
    position = _bad_position(path, encoding)
    if position is not None:
        raise UnreadableExport(
            f"The file says it is {encoding.removesuffix('-sig').upper()} but is damaged.",
            where=where,
            found=f"invalid bytes near position {position:,}",
            expected="the same encoding from the first byte to the last",
            next_step=_NEXT,
        )
    if encoding != "utf-8-sig":
        return
    refuse_nul(path, where)


def _eight_bit(path: Path, head: bytes, where: str) -> str:
    damaged = _hits(head.decode("utf-8", "replace"), SIMPLIFIED + TRADITIONAL)
    if damaged >= 2:
        _prove(path, "utf-8", where)
    told = [_first_valid(path, names) for names, words in _word_hits(head) if words >= 2]
    found = [name for name in told if name]
    if len(found) == 1:
        return found[0]
    if not found and _is_common_chinese(path) and is_valid(path, "gb18030"):
        return "gb18030"
    western = [] if found else _western(path)
    if len(western) == 1:
        return western[0]
    candidates = found or western or ["none of UTF-8, GB18030, Big5, UTF-16, Windows-1252, Mac Roman"]
    raise UnreadableExport(
        "The file's encoding cannot be told for certain.",
        where=where,
        found=f"bytes that are not UTF-8; candidates: {', '.join(candidates)}",
        expected="one encoding that explains every byte",
        next_step=_NEXT,
    )


def _hits(text: str, words: tuple[str, ...]) -> int:
    lines = "\n".join(line for line in text.splitlines()[:120] if any(ord(letter) > 127 for letter in line))
    return sum(1 for word in words if word in lines)


def _first_valid(path: Path, names: tuple[str, ...]) -> str:
    return next((name for name in names if is_valid(path, name)), "")


def _word_hits(head: bytes) -> list[tuple[tuple[str, ...], int]]:
    """Return the East Asian encodings by header words; words that two scripts share count for the fuller one only.

    Big5 as it is written in Taiwan (Windows) and in Hong Kong holds characters that the standard lacks (碁, 銹, 啫).
    """
    hits = [
        (("gb18030",), _hits(head.decode("gb18030", "replace"), SIMPLIFIED)),
        (("big5", "cp950", "big5hkscs"), _hits(head.decode("cp950", "replace"), TRADITIONAL)),
        (("cp932",), _hits(head.decode("cp932", "replace"), JAPANESE)),
    ]
    most = max(count for _, count in hits)
    return [(names, count) for names, count in hits if count == most]


def _is_common_chinese(path: Path) -> bool:
    """Tell whether nearly all bytes beyond ASCII pair up as everyday simplified characters or their punctuation."""
    pairs = loose = 0
    for chunk in _head_and_tail(path):
        index = 0
        while index < len(chunk):
            if chunk[index] < 0x80:
                index += 1
            elif index + 1 < len(chunk) and _is_everyday(chunk[index], chunk[index + 1]):
                pairs, index = pairs + 1, index + 2
            else:
                loose, index = loose + 1, index + 1
    return pairs >= 4 and loose <= 0.02 * pairs


def _is_everyday(lead: int, trail: int) -> bool:
    return trail >= 0xA1 and (0xB0 <= lead <= 0xD7 or lead in (0xA1, 0xA3))


def _head_and_tail(path: Path) -> list[bytes]:
    with path.open("rb") as stream:
        return [stream.read(_HEAD)]


def _western(path: Path) -> list[str]:
    """Return which of cp1252 and mac_roman make the bytes beyond ASCII letters where letters stand."""
    held = list(islice((piece for chunk in chunks(path) for piece in _neighbourhoods(chunk)), _LETTERS))
    scores = {name: _plausible(held, name) for name in ("cp1252", "mac_roman")}
    best = max(scores.values())
    if best < 0.9:
        return []
    found = [name for name, score in scores.items() if score > best - 0.25 and is_valid(path, name)]
    return [] if found == ["mac_roman"] and len(held) < _FEW else found


def _neighbourhoods(chunk: bytes) -> Iterator[bytes]:
    for found in _BEYOND_ASCII.finditer(chunk):
        yield chunk[max(found.start() - 1, 0) : found.start() + 2]


def _plausible(pieces: list[bytes], encoding: str) -> float:
    good = 0
    for piece in pieces:
        text = piece.decode(encoding, "replace")
        middle = next((letter for letter in text if ord(letter) > 127), "")
        before = text[0] if len(text) == 3 else " "
        if middle in _ACCENTED and middle:
            good += not (before.islower() and middle.isupper()) and not (before.isupper() and middle == "ÿ")
        elif middle in _TYPOGRAPHIC and middle:
            good += not before.isalpha() or middle in "\u2019™®"
    return good / len(pieces) if pieces else 0.0


def transcode(source: Path, encoding: str, target: Path) -> Path:
    """Write `source` as UTF-8 without a byte order mark to `target`, in bounded memory."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with target.open("wb") as out:
        for chunk in chunks(source):
            out.write(decoder.decode(chunk).encode("utf-8"))
        out.write(decoder.decode(b"", final=True).encode("utf-8"))
    return target
