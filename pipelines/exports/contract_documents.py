"""The papers behind contracts: whether the file that a contract names is there, and is the one that was signed."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# A scanned contract of a hundred pages has some 50 MB; what is larger is no contract, and is not read.
_MOST_BYTES = 200_000_000
# So that a folder of scans cannot hold up a run: what is beyond is looked at by `salesdesk contracts --documents`.
_MOST_BYTES_A_RUN = 4_000_000_000
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Seen:
    """What was found where a contract's document should be: state (`sql/ops/contract_documents.sql`), hash, size."""

    state: str
    sha256: str | None = None
    byte_count: int | None = None


def examine(connection: DuckDBPyConnection, exports: Iterable[Path], at: datetime) -> int:
    """Look for the document of every contract of `raw.contracts` that names one; return how many were looked for.

    `exports` are the files and folders of exports; paths in contracts are relative to the folder of the exports.
    What was found replaces what `ops.contract_documents` holds; without any folder everything there stays. `at` is UTC.
    """
    folders = _folders(exports)
    named = connection.execute(
        "select distinct contract_id, document_path, document_sha256 from raw.contracts "
        "where document_path is not null and contract_id is not null order by all"
    ).fetchall()
    if not folders or not named:
        return 0
    budget = _MOST_BYTES_A_RUN
    rows = []
    for contract_id, path, sha256 in named:
        seen = look(folders, path, sha256, most_bytes=min(budget, _MOST_BYTES))
        budget -= (seen.byte_count or 0) if seen.sha256 else 0
        rows.append(
            (contract_id, path, sha256, seen.state, seen.sha256, seen.byte_count, at.replace(tzinfo=None))
        )
    connection.execute("delete from ops.contract_documents")
    connection.executemany("insert into ops.contract_documents values (?, ?, ?, ?, ?, ?, ?)", rows)
    return len(rows)


def look(folders: Sequence[Path], path: str, sha256: str | None, *, most_bytes: int = _MOST_BYTES) -> Seen:
    """Return what is found of a document: the first of `folders` that holds it counts. Never reads outside of them."""
    relative = PurePosixPath(path.strip().replace("\\", "/"))
    if (
        relative.is_absolute()
        or ".." in relative.parts
        or (relative.parts and relative.parts[0].endswith(":"))
    ):
        return Seen("outside")
    for folder in folders:
        found = _open(folder, relative)
        if isinstance(found, Seen):
            if found.state == "missing":
                continue
            return found
        with os.fdopen(found, "rb") as file:
            return _compare(file, sha256, most_bytes)
    return Seen("missing")


def _folders(exports: Iterable[Path]) -> list[Path]:
    return list(dict.fromkeys((path if path.is_dir() else path.parent).resolve() for path in exports))


def _open(folder: Path, relative: PurePosixPath) -> int | Seen:
    """Open a regular file below `folder`; a link that leads out of it, a pipe or a device is not followed."""
    try:
        place = (folder / relative).resolve(strict=True)
        if not place.is_relative_to(folder):
            return Seen("outside")
        # The place may have been changed since it was resolved: what is open is what is judged.
        found = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except (FileNotFoundError, NotADirectoryError):
        return Seen("missing")
    except (OSError, ValueError, RuntimeError):
        return Seen("unreadable")
    if not stat.S_ISREG(os.fstat(found).st_mode):
        os.close(found)
        return Seen("unreadable")
    return found


def _compare(file: BinaryIO, sha256: str | None, most_bytes: int) -> Seen:
    size = os.fstat(file.fileno()).st_size
    if size > most_bytes:
        return Seen("too_large", byte_count=size)
    digest = hashlib.sha256()
    left = most_bytes
    try:
        # A file that grows while it is read ends at the limit.
        while left > 0 and (chunk := file.read(min(_CHUNK, left))):
            digest.update(chunk)
            left -= len(chunk)
    except OSError:
        return Seen("unreadable", byte_count=size)
    found = digest.hexdigest()
    if not sha256:
        return Seen("present", found, size)
    return Seen("intact" if found == sha256.strip().lower() else "changed", found, size)
