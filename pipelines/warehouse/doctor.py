"""Examine HOME: what holds it, what it is made of, whether every landed byte is still the one landed."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import platform
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pipelines.errors import SalesdeskError
from pipelines.warehouse import journal, publication, retention, state

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipelines.warehouse.home import Home

Verdict = Literal["ok", "warning", "failure"]
_CHUNK = 1 << 20
_GIGABYTE = 1 << 30
# A run needs room for its draft, its spill and the new twins beside what is published.
_DRAFTS = 3
_LIBRARIES = ("duckdb", "prefect", "great-expectations", "sqlalchemy", "fastapi", "pyarrow", "pandas")


@dataclass(frozen=True)
class Finding:
    """One examination: its subject, the verdict, what was found, and what to do when it is not ok."""

    check: str
    verdict: Verdict
    found: str
    next_step: str = ""


def examine(home: Home, *, is_quick: bool = False) -> list[Finding]:
    """Examine HOME and change nothing; quick leaves out hashing the landing again (seconds a gigabyte)."""
    try:
        home.require_usable()
    except SalesdeskError as error:
        return [Finding("home", "failure", f"{error.what}: {error.found}", error.next_step), *_versions()]
    if not home.root.is_dir():
        step = "`salesdesk run EXPORTS` makes it, or name another with --home"
        return [Finding("home", "failure", f"{home.root} is not there", step), *_versions()]
    return [
        _folder(home),
        _lock(home),
        *_versions(),
        _space(home),
        _orphans(home),
        *_landing(home, is_quick=is_quick),
        _journal(home),
        *_publication(home),
    ]


def _folder(home: Home) -> Finding:
    mode = home.root.stat().st_mode & 0o777
    if not os.access(home.root, os.R_OK | os.W_OK | os.X_OK):
        return Finding("home", "failure", f"mode {mode:o}, not writable", f"chown or chmod {home.root}")
    if mode & 0o077:
        return Finding("home", "warning", f"mode {mode:o}, others may look in", f"chmod 700 {home.root}")
    return Finding("home", "ok", str(home.root))


def is_free(home: Home) -> bool:
    """Whether no run holds HOME now."""
    try:
        handle = os.open(home.root / ".lock", os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True


def _lock(home: Home) -> Finding:
    if is_free(home):
        return Finding("lock", "ok", "free")
    holder = (home.root / ".lock").read_text(encoding="utf-8", errors="replace").strip()
    return Finding("lock", "ok", f"held by process {holder}: a run is under way")


def _versions() -> Iterator[Finding]:
    """Compare what is installed with what salesdesk's own installation asks for."""
    from importlib.metadata import PackageNotFoundError, requires, version

    from packaging.requirements import Requirement

    try:
        asked = {one.name: one for one in map(Requirement, requires("salesdesk") or [])}
    except PackageNotFoundError:
        asked = {}  # a checkout that was not installed asks for nothing; its lock does
    wrong = [
        f"{name} {version(name)} is not {asked[name].specifier}"
        for name in _LIBRARIES
        if name in asked and not asked[name].specifier.contains(version(name))
    ]
    told = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    if wrong:
        yield Finding("versions", "failure", "; ".join(wrong), "install from requirements.lock again")
    else:
        yield Finding("versions", "ok", f"python {platform.python_version()}, {told}")


def _space(home: Home) -> Finding:
    free = shutil.disk_usage(home.root).free
    largest = max((path.stat().st_size for path in publication.snapshots(home)), default=0)
    needed = max(_DRAFTS * largest, _GIGABYTE)
    found = f"{free / _GIGABYTE:.1f} GB free, {needed / _GIGABYTE:.1f} GB wanted for the next run"
    if free < needed:
        return Finding("space", "warning", found, "free some space, or lower keep_snapshots")
    return Finding("space", "ok", found)


def _orphans(home: Home) -> Finding:
    found = retention.orphans(home)
    if not found:
        return Finding("orphans", "ok", "none")
    names = ", ".join(str(path.relative_to(home.root)) for path in found[:5])
    if not is_free(home):
        return Finding("orphans", "ok", f"{len(found)} of the run under way")
    return Finding("orphans", "warning", f"{len(found)}: {names}", "salesdesk doctor --mend")


def _landing(home: Home, *, is_quick: bool) -> Iterator[Finding]:
    folders = sorted(path for path in home.landing.glob("[0-9a-f][0-9a-f]/*") if path.is_dir())
    damaged = [problem for folder in folders if (problem := _damage(folder, is_quick=is_quick))]
    for problem in damaged:
        yield Finding("landing", "failure", problem, "salesdesk restore BACKUP, or load that export again")
    if not damaged:
        how = "sizes agree" if is_quick else "every byte is as it was landed"
        yield Finding("landing", "ok", f"{len(folders)} files, {how}")


def _damage(folder: Path, *, is_quick: bool) -> str:
    """Return what is wrong with one landed file, or nothing. Names are hashes: no file name is told."""
    try:
        receipt = json.loads((folder / "receipt.json").read_text(encoding="utf-8"))
        held = folder / "bytes" / receipt["name"]
        size, sha256 = receipt["size"], receipt["sha256"]
        if held.stat().st_size != size:
            return f"{folder.name}: {held.stat().st_size} bytes instead of {size}"
        if sha256 != folder.name or (not is_quick and _hash(held) != sha256):
            return f"{folder.name}: its bytes have changed since they were landed"
    except (OSError, ValueError, KeyError, TypeError) as error:
        return f"{folder.name}: {type(error).__name__} while reading its receipt and bytes"
    return ""


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as source:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _journal(home: Home) -> Finding:
    if not home.journal.exists():
        return Finding("journal", "ok", "no run yet")
    lines = home.journal.read_text(encoding="utf-8", errors="replace").splitlines()
    whole = len(journal.all_runs(home))
    if whole < len(lines):
        return Finding(
            "journal",
            "warning",
            f"{len(lines) - whole} of {len(lines)} lines are torn",
            "none: they are left out",
        )
    return Finding("journal", "ok", f"{whole} runs")


def _publication(home: Home) -> Iterator[Finding]:
    import duckdb

    if not home.published.is_symlink():
        yield Finding("publication", "warning", "nothing is published yet", "salesdesk run EXPORTS")
        return
    again = "salesdesk restore RUN_ID, or salesdesk build --full"
    try:
        current = state.published(home)
    except duckdb.Error as error:
        yield Finding(
            "publication", "failure", f"the published file cannot be read: {type(error).__name__}", again
        )
        return
    if current is None:
        yield Finding("publication", "failure", "the link leads to no whole snapshot", again)
        return
    yield Finding("publication", "ok", f"run {current.run_id} as of {current.as_of}")
    runs = {line["run_id"] for line in journal.all_runs(home)}
    if current.run_id in runs:
        yield Finding("register", "ok", "the journal knows the published run")
    else:
        found = "the published run has no line: it was stopped right after publishing"
        yield Finding("register", "warning", found, "none: the next run takes it over from the publication")
    if (home.reports / "latest").resolve().name == current.run_id:
        yield Finding("report", "ok", "reports/latest shows the published run")
    else:
        yield Finding("report", "warning", "reports/latest is of another run", "salesdesk report")
