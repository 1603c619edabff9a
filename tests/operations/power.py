"""What a power cut leaves: only what was synced is sure; the rest may be there, half there, or not at all.

`recorded` runs something and notes every change of names below a folder and every fsync that our own code asks for.
`after_cut` then writes a folder as a disk might hold it when the power fails after a given note. The model is harsher
than ext4 or XFS: a file's bytes are sure only as they were at its last fsync, a folder's names only as they were at the
folder's own last fsync; of what changed later each folder shows any state between, on its own, and bytes never synced
are cut short, zero, or missing. What DuckDB syncs by itself does not count.
"""

from __future__ import annotations

import hashlib
import os
import random
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_LARGE = 1 << 20
# A folder's names: what each leads to, as (kind, inode, link target).
Names = dict[str, tuple[str, int, str]]


@dataclass
class Record:
    """The notes: per folder its names by note number, with whether they were synced; per file its synced bytes."""

    root: Path
    moment: int = 0
    names: dict[int, list[tuple[int, bool, Names]]] = field(default_factory=dict)
    contents: dict[int, list[tuple[int, bytes | None]]] = field(default_factory=dict)
    last_bytes: dict[int, bytes] = field(default_factory=dict)
    what: list[str] = field(default_factory=list)

    def note_names(self, folder: Path, *, is_synced: bool) -> None:
        """Note a folder's names as they are now."""
        if folder.is_dir() and (folder == self.root or self.root in folder.parents):
            self.names.setdefault(folder.stat().st_ino, []).append((self.moment, is_synced, _names(folder)))

    def note_bytes(self, path: Path) -> None:
        """Note a file's bytes as synced."""
        self.contents.setdefault(path.stat().st_ino, []).append((self.moment, path.read_bytes()))

    def begin(self) -> None:
        """Note everything there is as synced: it has long been on disk."""
        for folder, _, files in os.walk(self.root):
            self.note_names(Path(folder), is_synced=True)
            for name in files:
                if not (path := Path(folder, name)).is_symlink():
                    self.note_bytes(path)

    def end(self) -> None:
        """Keep the bytes of files that were never synced, as a source of halves."""
        for folder, _, files in os.walk(self.root):
            for name in files:
                if not (path := Path(folder, name)).is_symlink():
                    self.last_bytes[path.stat().st_ino] = path.read_bytes()


@contextmanager
def recorded(root: Path) -> Iterator[Record]:
    """Note what happens below `root` while the block runs in this process."""
    record = Record(root)
    record.begin()
    originals = {name: getattr(os, name) for name in _WATCHED}
    for name, original in originals.items():
        setattr(os, name, _watched(record, name, original))
    try:
        yield record
    finally:
        for name, original in originals.items():
            setattr(os, name, original)
        record.end()


_WATCHED = ("fsync", "rename", "replace", "symlink", "link", "unlink", "remove", "mkdir", "rmdir")


def _watched(record: Record, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
    def called(*arguments: Any, **more: Any) -> Any:
        if name == "fsync":
            path = Path(f"/proc/self/fd/{arguments[0]}").readlink()
            result = original(*arguments, **more)
            if record.root == path or record.root in path.parents:
                record.moment += 1
                record.what.append(f"fsync {path.relative_to(record.root)}")
                if path.is_dir():
                    record.note_names(path, is_synced=True)
                else:
                    record.note_bytes(path)
            return result
        paths = [_absolute(each, more) for each in arguments if isinstance(each, str | os.PathLike)]
        result = original(*arguments, **more)
        record.moment += 1
        record.what.append(f"{name} {' '.join(path.name for path in paths)}")
        for parent in {path.parent for path in paths}:
            record.note_names(parent, is_synced=False)
        return result

    return called


def _absolute(path: str | os.PathLike[str], more: dict[str, Any]) -> Path:
    at = more.get("dir_fd")
    return Path(path).absolute() if at is None else Path(f"/proc/self/fd/{at}").readlink() / path


def _names(folder: Path) -> Names:
    found: Names = {}
    for path in folder.iterdir():
        told = path.lstat()
        kind = "link" if stat.S_ISLNK(told.st_mode) else "folder" if stat.S_ISDIR(told.st_mode) else "file"
        found[path.name] = (kind, told.st_ino, str(path.readlink()) if kind == "link" else "")
    return found


def after_cut(record: Record, moment: int, target: Path, draw: random.Random) -> Path:
    """Write at `target` what a disk might hold when the power failed right after note `moment`."""
    _folder(record, moment, record.root.stat().st_ino, target, draw)
    return target


def _folder(record: Record, moment: int, inode: int, target: Path, draw: random.Random) -> None:
    target.mkdir(mode=0o700)
    known = [note for note in record.names.get(inode, []) if note[0] <= moment]
    last_synced = max((at for at, note in enumerate(known) if note[1]), default=-1)
    # a folder made meanwhile and never synced may have none of its names
    possible = (
        [names for _, _, names in known[last_synced:]] if last_synced >= 0 else [{}, *(n[2] for n in known)]
    )
    for name, (kind, child, leads_to) in draw.choice(possible).items():
        if kind == "link":
            (target / name).symlink_to(leads_to)
        elif kind == "folder":
            _folder(record, moment, child, target / name, draw)
        else:
            _file(target / name, _bytes(record, moment, child, draw), record.root.parent / "large")


def _file(path: Path, content: bytes, store: Path) -> None:
    """Write a file; a large one, which nobody changes in place, is written once and linked."""
    if len(content) < _LARGE:
        path.write_bytes(content)
        return
    kept = store / hashlib.sha256(content).hexdigest()
    if not kept.exists():
        store.mkdir(exist_ok=True)
        kept.write_bytes(content)
    path.hardlink_to(kept)


def _bytes(record: Record, moment: int, inode: int, draw: random.Random) -> bytes:
    """Return what was synced last, with what may have come behind it; nothing synced: a half, zeros, or nothing."""
    synced = [
        content for at, content in record.contents.get(inode, []) if at <= moment and content is not None
    ]
    later = record.last_bytes.get(inode, b"")
    if synced and not later.startswith(synced[-1]):
        return synced[-1]
    base = synced[-1] if synced else b""
    behind = later[len(base) :]
    half = behind[: draw.randrange(len(behind) + 1)]
    return base + draw.choice([b"", half, bytes(len(half)), behind])
