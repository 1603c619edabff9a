"""Backup of all that cannot be made again: landed bytes, journal, settings, and the history in the published file."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tarfile
from typing import TYPE_CHECKING, Any

from pipelines.errors import LandingDamaged, SalesdeskError, UsageError
from pipelines.warehouse import publication, restoring
from pipelines.warehouse.home import lock, sync_file, sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from pipelines.warehouse.home import Home

_MANIFEST = "manifest.json"
_FORMAT = 1
_CHUNK = 1 << 20
# Beside the landing: what people wrote for this HOME, the record of runs, and who was told what.
_KEPT = (
    "layout",
    "runs.jsonl",
    "deliveries.jsonl",
    "salesdesk.toml",
    "mappings",
    "corrections",
    "archive",
)


def backup(home: Home, target: Path, made_at: datetime) -> int:
    """Write everything that cannot be made again to one tar file, and return its number of files.

    Typed twins, pages and older snapshots are left out: a run makes them again. The file appears whole, under
    its name, once every byte is on disk. Raises WarehouseBusy while a run holds HOME, and UsageError when the
    target exists or lies inside HOME.
    """
    home.require_usable()
    if target.exists() or home.root.resolve() in target.resolve().parents:
        raise UsageError(
            "The backup cannot be written there",
            where=str(target),
            expected="a new file outside HOME",
            next_step="name another file; one with the date is usual",
        )
    partial = target.with_name(f".{target.name}.partial")
    with lock(home):
        try:
            count = _write(home, partial, made_at)
        except OSError:
            partial.unlink(missing_ok=True)
            raise
    partial.chmod(0o600)
    sync_file(partial)
    partial.rename(target)
    sync_folder(target.absolute().parent)
    return count


def _write(home: Home, partial: Path, made_at: datetime) -> int:
    paths = list(_files(home))
    current = publication.published(home)
    manifest = {
        "format": _FORMAT,
        "made_at": made_at.isoformat(),
        "published": current.name if current else None,
        "files": {path.relative_to(home.root).as_posix(): _hash(path) for path in paths},
    }
    with tarfile.open(partial, "w") as tar:
        text = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
        entry = tarfile.TarInfo(_MANIFEST)
        entry.size = len(text)
        tar.addfile(entry, io.BytesIO(text))
        for path in paths:
            tar.add(path, path.relative_to(home.root).as_posix(), recursive=False)
    return len(paths)


def _files(home: Home) -> Iterator[Path]:
    """Yield the regular files worth keeping; a landed folder gives its bytes and its receipt, not its twins."""
    for folder in sorted(home.landing.glob("[0-9a-f][0-9a-f]/*")):
        yield from sorted(path for path in (folder / "bytes").rglob("*") if path.is_file())
        yield folder / "receipt.json"
    for name in _KEPT:
        place = home.root / name
        inside = sorted(place.rglob("*")) if place.is_dir() else [place]
        yield from (path for path in inside if path.is_file())
    current = publication.published(home)
    if current is not None:
        yield home.snapshots / current.name


def recover(home: Home, source: Path) -> int:
    """Make an empty HOME what a backup holds, after checking every hash, and return the number of files.

    Raises UsageError when HOME already holds exports or a publication, or when the file is no backup, and
    LandingDamaged when a byte of it is not what was backed up; HOME is then as it was.
    """
    home.prepare()
    with lock(home):
        if any(home.landing.glob("[0-9a-f][0-9a-f]/*")) or publication.snapshots(home):
            raise UsageError(
                "HOME is not empty",
                where=str(home.root),
                expected="a HOME without exports or publications",
                next_step="restore into another folder with --home, look at it, then swap the folders",
            )
        draft = home.root / ".restoring"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        try:
            manifest = _unpack(source, draft)
            _verify(draft, manifest["files"])
            _move_in(home, draft, manifest)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return len(manifest["files"])


def _unpack(source: Path, draft: Path) -> dict[str, Any]:
    try:
        with tarfile.open(source) as tar:
            tar.extractall(draft, filter="data")  # refuses members that would leave the folder
        manifest: dict[str, Any] = json.loads((draft / _MANIFEST).read_text(encoding="utf-8"))
    except (tarfile.TarError, ValueError, FileNotFoundError) as error:
        raise _no_backup(source, str(error)) from error
    if manifest.get("format") != _FORMAT:
        raise _no_backup(source, f"format {manifest.get('format')}")
    return manifest


def _no_backup(source: Path, found: str) -> SalesdeskError:
    return UsageError(
        "This file is no backup of salesdesk that can be read",
        where=str(source),
        found=found,
        expected=f"a file written by `salesdesk backup`, format {_FORMAT}",
        next_step="take another backup file; HOME is as it was",
    )


def _verify(draft: Path, files: dict[str, str]) -> None:
    for name, sha256 in files.items():
        path = draft / name
        if not path.is_file() or _hash(path) != sha256:
            raise LandingDamaged(
                "The backup is damaged",
                where=name,
                found="missing" if not path.is_file() else "other bytes",
                expected=sha256,
                next_step="take another backup file; HOME is as it was",
            )


def _move_in(home: Home, draft: Path, manifest: dict[str, Any]) -> None:
    """Move what was unpacked to its place; the link to the publication comes last."""
    (draft / _MANIFEST).unlink()
    for name in manifest["files"]:
        place = home.root / name
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        (draft / name).replace(place)
        sync_folder(place.parent)
    if manifest["published"] is not None:
        restoring.point_to(home, home.snapshots / manifest["published"])


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as source:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
