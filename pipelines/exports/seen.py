"""Exports known by what the file system says of them, so that those unchanged since the last run need not be read."""

from __future__ import annotations

import contextlib
import json
import os
from datetime import datetime
from pathlib import Path

_NAME = ".seen.json"
# A file may change again within the same tick of its clock: what is so young is not remembered.
_YOUNG = 3_000_000_000


class Seen:
    """The hashes of the exports given last, by path: good while file, size and times of change are what they were.

    Only the file system sets the time of a file's last change of any kind (ctime); copying over it or setting its date
    back moves it. Where anything about what is remembered is wrong, nothing is known, and the bytes are hashed.
    """

    def __init__(self, landing: Path, moment: datetime) -> None:
        self._place = landing / _NAME
        self._oldest_young = int(moment.timestamp() * 1_000_000_000) - _YOUNG
        self._now: dict[str, list[int | str]] = {}
        try:
            self._before = dict(json.loads(self._place.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            self._before = {}

    def digest(self, path: Path, held: os.stat_result) -> str:
        """Return the hash of the file that is open, or nothing when its bytes must be read to know it."""
        told = self._before.get(str(path.resolve()))
        if not isinstance(told, list) or told[:-1] != _marks(held) or not isinstance(told[-1], str):
            return ""
        return told[-1]

    def note(self, path: Path, held: os.stat_result, digest: str) -> None:
        """Remember the hash of a file that was read."""
        if max(held.st_mtime_ns, held.st_ctime_ns) < self._oldest_young:
            self._now[str(path.resolve())] = [*_marks(held), digest]

    def keep(self) -> None:
        """Write down what was noted, and nothing of other files."""
        draft = self._place.with_suffix(".next")
        with contextlib.suppress(OSError):  # on a full disk the bytes are hashed again, no more
            draft.write_text(json.dumps(self._now, ensure_ascii=False), encoding="utf-8")
            draft.replace(self._place)


def _marks(held: os.stat_result) -> list[int]:
    return [held.st_dev, held.st_ino, held.st_size, held.st_mtime_ns, held.st_ctime_ns]
