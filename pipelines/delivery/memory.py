"""What was sent to whom, one JSON line a step in `HOME/deliveries.jsonl`: a message is never sent twice."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO

from pipelines.warehouse import Home

BEGUN = "sending"


class Memory:
    """The deliveries of one HOME, held by one process while it sends."""

    def __init__(self, file: IO[str], at: datetime) -> None:
        """Read what is remembered; a line torn by a power cut does not count."""
        self._file = file
        self._at = at
        file.seek(0)
        self._last = _statuses(file)

    def status(self, target: str, key: str) -> str:
        """Return the last known status of a key for a target, empty when it was never sent there."""
        return self._last.get((target, key), "")

    def note(self, target: str, keys: tuple[str, ...], status: str, reason: str = "") -> None:
        """Write one line a key, safe on disk before this returns."""
        for key in keys:
            self._last[target, key] = status
            line = {"at": self._at.isoformat(), "target": target, "key": key, "status": status}
            if reason:
                line["reason"] = reason
            self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())


def last(home: Home) -> dict[tuple[str, str], str]:
    """Return the last status of every target and key; nothing is made where nothing is remembered."""
    if not home.deliveries.is_file():
        return {}
    with home.deliveries.open(encoding="utf-8") as file:
        return _statuses(file)


def _statuses(file: Iterable[str]) -> dict[tuple[str, str], str]:
    lines = [json.loads(line) for line in file if line.endswith("}\n")]
    return {(line["target"], line["key"]): str(line["status"]) for line in lines}


@contextmanager
def opened(home: Home, at: datetime) -> Iterator[Memory]:
    """Hold the deliveries of HOME; a second process waits until the first has sent its own."""
    home.prepare()
    handle = os.open(home.deliveries, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with open(handle, "a+", encoding="utf-8") as file:  # noqa: PTH123 - a handle made private
        fcntl.flock(file, fcntl.LOCK_EX)
        _end_torn_line(file)
        yield Memory(file, at)


def _end_torn_line(file: IO[str]) -> None:
    """Close a last line without its end, so that the next one does not continue it."""
    file.seek(0)
    text = file.read()
    if text and not text.endswith("\n"):
        file.write("\n")
