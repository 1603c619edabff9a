"""A drop folder: take in the exports that are complete and new; set aside what cannot be used; the rest goes on."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import AmbiguousExport, MappingError, SalesdeskError, UnreadableExport
from pipelines.warehouse import Home
from pipelines.warehouse.home import sync_file

if TYPE_CHECKING:
    from pipelines.job.run import Outcome

# What programs leave beside exports while they copy or open them.
_UNFINISHED = re.compile(
    r"^(~\$|\.|_\.)|\.(part|partial|tmp|temp|crdownload|download|filepart|swp|lock)$", re.IGNORECASE
)
_CHUNK = 1 << 20
_EMPTY_SECONDS = 600
_POISON = (UnreadableExport, AmbiguousExport, MappingError)

# Runs the main job on these exports, up to the named step ("" for all of it).
Run = Callable[[Sequence[Path], str], "Outcome"]


@dataclass(frozen=True)
class Look:
    """One look at a folder: each file's size and time of change; two equal looks mean a complete file.

    `empty` are the files of 0 bytes, with their time of change: a copy may just have begun.
    """

    files: dict[Path, tuple[int, int]]
    empty: dict[Path, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Refused:
    """A file that was set aside: the path it came from, its bytes' hash, and why."""

    path: Path
    sha256: str
    error: SalesdeskError


def look(folder: Path) -> Look:
    """Look at the folder and what is below it; unfinished and hidden files do not count.

    Raises UnreadableExport when there is no such folder.
    """
    if not folder.is_dir():
        raise UnreadableExport(
            "The drop folder is not there",
            where=str(folder),
            expected="a folder that exports are put into",
            next_step="make it, mount it, or name another",
        )
    files, empty = {}, {}
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if any(_UNFINISHED.search(part) for part in parts):
            continue
        try:
            told = path.stat()
        except FileNotFoundError:
            continue  # it was renamed or taken away while we looked: the next look sees what came of it
        if path.is_file() and told.st_size > 0:
            files[path] = (told.st_size, told.st_mtime_ns)
        elif path.is_file():
            # a program may give a file its old time before its bytes: when its entry changed counts too
            empty[path] = max(told.st_mtime_ns, told.st_ctime_ns)
    return Look(files, empty)


def complete(before: Look, after: Look) -> list[Path]:
    """Return the files that did not change between two looks."""
    return [path for path, state in after.files.items() if before.files.get(path) == state]


def unknown(home: Home, paths: Sequence[Path], reader: str) -> dict[Path, str]:
    """Return the files whose bytes were neither landed nor set aside by this reader, with their hashes.

    `reader` names how files are understood now: after a new mapping or release, what was set aside is tried again.
    """
    aside = {(entry["sha256"], entry["reader"]) for entry in _entries(home)}
    hashes = {path: _hash(path) for path in paths}
    return {
        path: sha256
        for path, sha256 in hashes.items()
        if not (home.landing / sha256[:2] / sha256 / "receipt.json").is_file()
        and (sha256, reader) not in aside
    }


def reader(home: Home) -> str:
    """Return a name for how files are understood now: the reader's own code, and every mapping."""
    from pipelines.exports import reader as exports_reader
    from pipelines.exports import readings

    known = exports_reader.known_mappings(home.root)
    told = [readings.reader_digest(), *(f"{one.source}:{one.digest}" for one in known)]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def take_in(
    home: Home, new: dict[Path, str], run: Run, read_by: str, moment: datetime
) -> tuple[Outcome | None, list[Refused]]:
    """Run the main job on new files; when some cannot be used, set those aside and run on the others.

    `moment` is UTC. The outcome is None when nothing is landed but what was set aside. Raises what the main job raises
    when the trouble is not a new file that cannot be understood.
    """
    try:
        return run(list(new), ""), []
    except _POISON:
        if _has_landed(home):
            run([], "read")  # raises again when the trouble was in the landing before
    refused = []
    for path, sha256 in new.items():
        try:
            run([path], "read")
        except _POISON as error:
            # what a server is not to keep is written down in HOME all the same
            refused.append(Refused(path, sha256, vars(error).get("original", error)))
            _set_aside(home, refused[-1], read_by, moment)
    return (run([], "") if _has_landed(home) else None), refused


def set_empty_aside(home: Home, found: Look, moment: datetime) -> list[Refused]:
    """Set aside, once, each file that has stood empty for so long that no copy is under way. `moment` is UTC."""
    told = {entry["sha256"] for entry in _entries(home)}
    refused = []
    for path, changed in found.empty.items():
        stood = moment.timestamp() - changed / 1e9
        key = hashlib.sha256(f"empty\0{path}\0{changed}".encode()).hexdigest()
        if stood >= _EMPTY_SECONDS and key not in told:
            error = UnreadableExport(
                "The export is empty",
                where=str(path),
                found=f"0 bytes for {int(stood // 60):,} minutes",
                expected="a header row and rows below it",
                next_step="export it again; the program that wrote it, or the copy, gave nothing",
            )
            refused.append(Refused(path, key, error))
            _set_aside(home, refused[-1], "", moment)
    return refused


def _has_landed(home: Home) -> bool:
    return any(home.landing.glob("[0-9a-f][0-9a-f]/*/receipt.json"))


def _set_aside(home: Home, refused: Refused, read_by: str, moment: datetime) -> None:
    """Keep a copy and the reason in HOME; the drop folder is its owner's and stays untouched."""
    place = home.root / "refused"
    place.mkdir(mode=0o700, exist_ok=True)
    copy = place / f"{refused.sha256[:12]}-{refused.path.name}"
    shutil.copyfile(refused.path, copy)
    copy.with_name(f"{copy.name}.why.txt").write_text(f"{refused.error}\n", encoding="utf-8")
    entry = {"sha256": refused.sha256, "reader": read_by, "at": moment.isoformat(), "name": refused.path.name}
    with _register(home).open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(entry, ensure_ascii=False) + "\n")
    sync_file(_register(home))


def _register(home: Home) -> Path:
    return home.root / "refused" / "register.jsonl"


def _entries(home: Home) -> list[dict[str, str]]:
    if not _register(home).is_file():
        return []
    lines = _register(home).read_text(encoding="utf-8").splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.endswith("}\n")]


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as source:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
