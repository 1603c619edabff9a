"""HOME: the one folder that everything is written to."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import NewerHome, SalesdeskError, WarehouseBusy

# Raised when a release can no longer read what an older one left in HOME, and only together with what converts it.
# Every release so far reads the landing, the journal and the published history of 0.1.0 as they are.
LAYOUT = 1
_LAYOUT_FILE = "layout"


@dataclass(frozen=True)
class Home:
    """The places inside HOME. Only `landing` cannot be rebuilt."""

    root: Path

    @property
    def landing(self) -> Path:
        """Every export ever landed, by the hash of its bytes."""
        return self.root / "landing"

    @property
    def snapshots(self) -> Path:
        """The published files, newest last by name, and drafts whose names begin with a dot."""
        return self.root / "snapshots"

    @property
    def reports(self) -> Path:
        """Rendered pages and workbooks."""
        return self.root / "reports"

    @property
    def published(self) -> Path:
        """The link to the newest published file."""
        return self.root / "warehouse.duckdb"

    @property
    def journal(self) -> Path:
        """One JSON line a finished run, also of those that published nothing."""
        return self.root / "runs.jsonl"

    @property
    def steps(self) -> Path:
        """One JSON line a step, for whoever watches or mends."""
        return self.root / "steps.jsonl"

    @property
    def deliveries(self) -> Path:
        """Two JSON lines a mail or chat message: that it is being sent, and how that ended."""
        return self.root / "deliveries.jsonl"

    @property
    def layout(self) -> int:
        """The layout that HOME was written in; one without a number is of the first."""
        try:
            return int((self.root / _LAYOUT_FILE).read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return 1

    def require_usable(self) -> None:
        """Raise SalesdeskError when HOME is a file, and NewerHome when a newer salesdesk has written it."""
        if self.root.exists() and not self.root.is_dir():
            raise SalesdeskError(
                "HOME is not a folder",
                where=str(self.root),
                found="a file",
                expected="a folder of an earlier run, or a new one",
                next_step="choose it with --home or SALESDESK_HOME",
            )
        if self.layout > LAYOUT:
            raise NewerHome(
                "HOME was written by a newer salesdesk",
                where=str(self.root),
                found=f"layout {self.layout}",
                expected=f"layout {LAYOUT} or older",
                next_step="install that release again; nothing was read or changed",
            )

    def prepare(self) -> None:
        """Make the folders, readable by the owner alone, and number their layout.

        Raises SalesdeskError when HOME is not a folder that can be written, and NewerHome.
        """
        self.require_usable()
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            for folder in (self.landing, self.snapshots, self.reports):
                folder.mkdir(mode=0o700, exist_ok=True)
            if not (self.root / _LAYOUT_FILE).exists():
                (self.root / _LAYOUT_FILE).write_text(f"{LAYOUT}\n", encoding="utf-8")
        except OSError as error:
            raise _not_writable(self.root, error) from error


def _not_writable(root: Path, error: OSError) -> SalesdeskError:
    return SalesdeskError(
        "HOME cannot be written",
        where=str(root),
        found=error.strerror or str(error),
        expected="a folder this user may write",
        next_step="choose another with --home, or mend its permissions",
    )


@contextmanager
def lock(home: Home) -> Iterator[None]:
    """Hold HOME for one run; the system frees it however the process ends.

    Raises WarehouseBusy at once when another run holds it.
    """
    try:
        handle = os.open(home.root / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise _not_writable(home.root, error) from error
    try:
        if not _taken(handle):
            holder = os.pread(handle, 100, 0).decode(errors="replace").strip()
            raise WarehouseBusy(
                "Another run holds this HOME",
                where=str(home.root),
                found=f"process {holder}" if holder else "another process",
                next_step="wait for it to end, then run again; nothing was changed",
            )
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(handle)


def _taken(handle: int) -> bool:
    """Take the lock; one who only asks whether it is free (`doctor`) has it for an instant, a run for longer."""
    for pause in (0.05, 0.1, 0):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(pause)
        else:
            return True
    return False


def sync_folder(folder: Path) -> None:
    """Make the names inside `folder` safe against a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_file(path: Path) -> None:
    """Make the bytes of `path` safe against a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
