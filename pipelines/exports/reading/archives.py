"""Unpack .gz and .zip within bounds, never outside the scratch folder."""

from __future__ import annotations

import stat
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Protocol

from pipelines.errors import UnreadableExport

if TYPE_CHECKING:
    from pipelines.exports.reading.workspace import Workspace

MAX_MEMBERS = 5_000
# Text shrinks to a tenth, ledgers of repeated words to a fortieth; a thousandth is a bomb.
MAX_RATIO = 500
# The ratio is no sign of harm below this size.
_HARMLESS = 64 << 20
MAX_UNPACKED = 32 << 30
_PIECE = 1 << 20


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


# What the standard library raises for a zip that is damaged, cut off, locked or packed in a way it cannot read.
ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    NotImplementedError,
)


@dataclass(frozen=True)
class Member:
    """A file taken out of an archive: its name in there, and where its bytes now lie."""

    name: str
    path: Path


def unzip(path: Path, where: str, workspace: Workspace) -> list[Member]:
    """Return the archive's files in order of name, unpacked.

    Raises UnreadableExport when it is damaged, locked by a password, empty, beyond bounds or names a path outside.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir() and not _is_litter(_name(info))]
            _check(infos, path.stat().st_size, where)
            members, budget = [], _budget(path.stat().st_size)
            for info in sorted(infos, key=_name):
                with archive.open(info) as stream:
                    target, size = _copy(stream, workspace.new_file(_suffix(_name(info))), budget, where)
                budget -= size
                members.append(Member(_name(info), target))
    except ZIP_ERRORS as error:
        raise _damaged("zip", error, where) from error
    return members


def gunzip(path: Path, where: str, workspace: Workspace, name: str) -> Path:
    """Return the unpacked file. Raises UnreadableExport when it is damaged, truncated or beyond bounds."""
    import gzip

    try:
        with gzip.open(path, "rb") as stream:
            target, _ = _copy(stream, workspace.new_file(_suffix(name)), _budget(path.stat().st_size), where)
    except (OSError, EOFError, zlib.error) as error:
        raise _damaged("gzip", error, where) from error
    return target


def _name(info: zipfile.ZipInfo) -> str:
    """Return a member's name; without the UTF-8 flag it is usually GBK, which zipfile shows as cp437."""
    if info.flag_bits & 0x800 or info.filename.isascii():
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return info.filename


def _is_litter(name: str) -> bool:
    path = PurePosixPath(name)
    return "__MACOSX" in path.parts or path.name.startswith(".") or path.name in ("Thumbs.db", "desktop.ini")


def _check(infos: list[zipfile.ZipInfo], size: int, where: str) -> None:
    unpacked = sum(info.file_size for info in infos)
    outside = [info.filename for info in infos if _is_outside(info.filename)]
    if outside:
        raise _refused("A member's path leaves the archive.", outside[0], "names inside the archive", where)
    links = [info.filename for info in infos if stat.S_ISLNK(info.external_attr >> 16)]
    if links:
        raise _refused("A member is a link to another file.", links[0], "the exports themselves", where)
    if any(info.flag_bits & 0x1 for info in infos):
        raise _refused("The archive is locked by a password.", "encrypted members", "an open archive", where)
    if not infos:
        raise _refused("The archive is empty.", "no files", "at least one export", where)
    if len(infos) > MAX_MEMBERS:
        raise _refused(
            "The archive has too many members.", f"{len(infos):,}", f"at most {MAX_MEMBERS:,}", where
        )
    if unpacked > _budget(size):
        raise _refused(
            "The archive would unpack to far more than an export holds.",
            f"{unpacked:,} bytes from {size:,}",
            f"at most {MAX_RATIO} times its size",
            where,
        )


def _is_outside(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in path.parts[0] if path.parts else True


def _budget(size: int) -> int:
    return min(MAX_UNPACKED, max(_HARMLESS, size * MAX_RATIO))


def _suffix(name: str) -> str:
    return Path(name).suffix.lower()[:10] if Path(name).suffix[1:].isalnum() else ""


def _copy(stream: _Readable, target: Path, budget: int, where: str) -> tuple[Path, int]:
    size = 0
    with target.open("wb") as out:
        while piece := stream.read(_PIECE):
            size += len(piece)
            if size > budget:
                out.truncate(0)
                raise _refused(
                    "The archive unpacks to far more than an export holds.",
                    f"more than {budget:,} bytes",
                    f"at most {MAX_RATIO} times its size",
                    where,
                )
            out.write(piece)
    return target, size


def _refused(what: str, found: str, expected: str, where: str) -> UnreadableExport:
    return UnreadableExport(
        what,
        where=where,
        found=found,
        expected=expected,
        next_step="Unpack it yourself and load the files in it.",
    )


def _damaged(form: str, error: Exception, where: str) -> UnreadableExport:
    return UnreadableExport(
        f"The {form} archive is damaged or cut off.",
        where=where,
        found=str(error) or type(error).__name__,
        expected="an archive that unpacks to its end",
        next_step="Copy or download it again.",
    )
