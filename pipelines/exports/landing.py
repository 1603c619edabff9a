"""The landing: every export ever given, kept byte for byte under the hash of its bytes."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BufferedReader
from pathlib import Path

from pipelines.errors import LandingDamaged, SalesdeskError
from pipelines.exports.given import given_files, natural, unreadable
from pipelines.exports.seen import Seen
from pipelines.warehouse import room
from pipelines.warehouse.home import Home, sync_file, sync_folder

_CHUNK = 1 << 22
_RECEIPT = "receipt.json"
_INCOMING = ".incoming"


@dataclass(frozen=True)
class LandedFile:
    """One export in the landing. `position` orders the files of one load; `loaded_at` is UTC."""

    sha256: str
    name: str
    size: int
    loaded_at: datetime
    position: int
    folder: Path
    is_new: bool = False

    @property
    def path(self) -> Path:
        """The bytes."""
        return self.folder / "bytes" / self.name


def land(
    home: Path, paths: Sequence[Path], loaded_at: datetime, on_new: Callable[[], None] | None = None
) -> list[LandedFile]:
    """Copy exports, and those in folders, into the landing and return one entry per file given, in load order.

    The same bytes are landed once; `on_new` is called before those that are new are copied. Nothing is landed when one
    of them cannot be. Raises UnreadableExport for a missing or empty file, or a folder without any, and SalesdeskError
    when the disk has no room for them.
    """
    landing = Home(home).landing
    landing.mkdir(mode=0o700, parents=True, exist_ok=True)
    incoming = landing / _INCOMING
    shutil.rmtree(incoming, ignore_errors=True)
    given = given_files(paths, home.resolve())
    incoming.mkdir(mode=0o700)
    try:
        moment = loaded_at.astimezone(UTC) if loaded_at.tzinfo else loaded_at.replace(tzinfo=UTC)
        sizes = {file.size for file in landed_files(home)}
        seen = Seen(landing, moment)
        with ThreadPoolExecutor(os.cpu_count()) as looking:  # hashing leaves Python to the others
            known = list(looking.map(lambda path: _known(path, landing, sizes, moment, seen), given))
        new = sum(path.stat().st_size for path, found in zip(given, known, strict=True) if found is None)
        room.require(landing, new, "copies of the exports")
        if new and on_new is not None:
            on_new()
        with ThreadPoolExecutor(os.cpu_count()) as copying:  # while one waits for the disk another goes on
            copies = list(
                copying.map(lambda path, found: found or _copy(path, incoming, moment, seen), given, known)
            )
        ordered = sorted(copies, key=lambda file: (natural(file.name), file.sha256))
        kept = _keep([replace(file, position=number) for number, file in enumerate(ordered, 1)], landing)
    except OSError as error:
        raise SalesdeskError(
            "The exports could not be copied into the landing",
            where=str(landing),
            found=error.strerror or str(error),
            next_step="free some space or mend the permissions, then run again; nothing was changed",
        ) from error
    else:
        seen.keep()
        return kept
    finally:
        shutil.rmtree(incoming, ignore_errors=True)


def landed_files(home: Path) -> list[LandedFile]:
    """Return every landed file, in the order in which they became known.

    Raises LandingDamaged when a receipt or its bytes are missing or changed in size.
    """
    found = [_from_receipt(receipt) for receipt in Home(home).landing.glob(f"[0-9a-f][0-9a-f]/*/{_RECEIPT}")]
    return sorted(found, key=lambda file: (file.loaded_at, file.position, file.sha256))


def landed_file(home: Path, sha256: str) -> LandedFile | None:
    """Return the landed file of this hash, or None. Raises LandingDamaged when it is there but not whole."""
    receipt = _place(Home(home).landing, sha256) / _RECEIPT
    return _from_receipt(receipt) if receipt.is_file() else None


def forget(files: Sequence[LandedFile]) -> None:
    """Take files out of the landing that turned out to be no exports; the bytes stay where the user has them."""
    for file in files:
        _unlock(file.folder)
        shutil.rmtree(file.folder)


def _known(
    path: Path, landing: Path, sizes: Collection[int], moment: datetime, seen: Seen
) -> LandedFile | None:
    """Return an export whose bytes are landed already, found by its hash without a copy; None for any other.

    A file of a size that no landed one has is not read.
    """
    with _opened(path) as source:
        before = os.fstat(source.fileno())
        if before.st_size not in sizes:
            return None
        digest = seen.digest(path, before) or hashlib.file_digest(source, "sha256").hexdigest()
        _require_finished(path, before, os.fstat(source.fileno()), before.st_size)
    seen.note(path, before, digest)
    place = _place(landing, digest)
    if not (place / _RECEIPT).is_file():
        return None
    return LandedFile(digest, path.name, before.st_size, moment, 0, place)


def _copy(path: Path, incoming: Path, moment: datetime, seen: Seen) -> LandedFile:
    """Copy the bytes to a folder of their own, hashing them on the way."""
    folder = Path(tempfile.mkdtemp(dir=incoming))
    target = folder / "bytes" / path.name
    target.parent.mkdir()
    digest = hashlib.sha256()
    # Hashing runs beside reading and writing: each leaves the processor to the other.
    with _opened(path) as source, target.open("wb") as copy, ThreadPoolExecutor(1) as hashing:
        before = os.fstat(source.fileno())
        hashed: Future[None] | None = None
        while chunk := source.read(_CHUNK):
            if hashed is not None:
                hashed.result()
            hashed = hashing.submit(digest.update, chunk)
            copy.write(chunk)
        size, after = copy.tell(), os.fstat(source.fileno())
    if size == 0:
        raise unreadable("The export is empty", path, "0 bytes", "a header row and rows below it")
    _require_finished(path, before, after, size)
    seen.note(path, before, digest.hexdigest())
    sync_file(target)
    target.chmod(0o400)
    return LandedFile(digest.hexdigest(), path.name, size, moment, 0, folder)


def _opened(path: Path) -> BufferedReader:
    try:
        return path.open("rb")
    except OSError as error:
        found = error.strerror or str(error)
        raise unreadable("The export cannot be opened", path, found, "a readable file") from error


def _require_finished(path: Path, before: os.stat_result, after: os.stat_result, size: int) -> None:
    """Raise UnreadableExport when a file changed while `size` bytes of it were read."""
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or after.st_size != size:
        raise unreadable(
            "The export is still being written", path, "it changed while it was read", "a finished file"
        )


def _place(landing: Path, sha256: str) -> Path:
    return landing / sha256[:2] / sha256


def _keep(copies: Sequence[LandedFile], landing: Path) -> list[LandedFile]:
    """Move finished copies to their places, each in one step, unless their bytes are there already."""
    places = {copy.sha256: _place(landing, copy.sha256) for copy in copies}
    new: dict[str, LandedFile] = {}
    for copy in copies:  # the same bytes may have been given under two names
        if not (places[copy.sha256] / _RECEIPT).is_file():
            new.setdefault(copy.sha256, copy)
    with ThreadPoolExecutor(os.cpu_count()) as finishing:
        list(finishing.map(_finish, new.values()))
    shelves = {places[sha256].parent for sha256 in new}
    for shelf in shelves:
        shelf.mkdir(mode=0o700, exist_ok=True)
    sync_folder(landing)
    for sha256, copy in new.items():
        copy.folder.rename(places[sha256])
    for shelf in shelves:
        sync_folder(shelf)
    return [
        replace(copy, folder=places[copy.sha256], is_new=True)
        if new.get(copy.sha256) is copy
        else _from_receipt(places[copy.sha256] / _RECEIPT)
        for copy in copies
    ]


def _finish(copy: LandedFile) -> None:
    """Write a copy's receipt and make all of it safe against a power cut."""
    receipt: dict[str, str | int] = {"sha256": copy.sha256, "name": copy.name, "size": copy.size}
    receipt |= {"loaded_at": copy.loaded_at.isoformat(), "position": copy.position}
    target = copy.folder / _RECEIPT
    target.write_text(json.dumps(receipt, ensure_ascii=False, indent=1), encoding="utf-8")
    sync_file(target)
    sync_folder(copy.path.parent)
    sync_folder(copy.folder)


def _from_receipt(path: Path) -> LandedFile:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        file = LandedFile(
            sha256=told["sha256"],
            name=told["name"],
            size=told["size"],
            loaded_at=datetime.fromisoformat(told["loaded_at"]),
            position=told["position"],
            folder=path.parent,
        )
        is_whole = file.path.stat().st_size == file.size and path.parent.name == file.sha256
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(path, str(error)) from error
    if not is_whole:
        raise _damaged(path, "bytes of another size, or in another's place")
    return file


def _damaged(path: Path, found: str) -> LandingDamaged:
    return LandingDamaged(
        "A landed export is damaged",
        where=str(path.parent),
        found=found,
        expected="the bytes and the receipt as they were landed",
        next_step="restore the folder from a backup, or delete it and load the export again",
    )


def _unlock(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            path.chmod(0o600)
