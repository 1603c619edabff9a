"""The journal of runs: one JSON line each, also of those that published nothing; it outlives every draft."""

from __future__ import annotations

import json
import os
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipelines.warehouse.home import Home

Line = dict[str, Any]
_WHOLE = {"run_id", "started_at", "status"}
# About 1,500 runs; then the file begins anew beside its predecessor.
_MOST_STEP_BYTES = 4 << 20


def append(home: Home, line: Line) -> None:
    """Add one run's line, safe on disk before this returns; a line torn before by a power cut is closed."""
    with home.journal.open("ab+") as journal:
        _write(journal, line)
        os.fsync(journal.fileno())


def _write(lines: IO[bytes], line: Line) -> None:
    end = lines.seek(0, os.SEEK_END)
    if end:
        lines.seek(end - 1)
        if lines.read(1) != b"\n":
            lines.write(b"\n")
    lines.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
    lines.flush()


def append_step(home: Home, line: Line) -> None:
    """Add one step's line to `steps.jsonl`; older ones go to `steps.former.jsonl`, and then away."""
    if home.steps.exists() and home.steps.stat().st_size > _MOST_STEP_BYTES:
        home.steps.replace(home.steps.with_name("steps.former.jsonl"))
    with home.steps.open("ab+") as steps:
        _write(steps, line)


def all_runs(home: Home) -> list[Line]:
    """Return every whole line, oldest first; a line torn by a power cut does not count."""
    if not home.journal.exists():
        return []
    text = home.journal.read_text(encoding="utf-8", errors="replace")
    return [line for each in text.split("\n") if (line := _read(each)) is not None]


def _read(text: str) -> Line | None:
    try:
        line = json.loads(text)
    except ValueError:
        return None
    return line if isinstance(line, dict) and line.keys() >= _WHOLE else None


def last_runs(home: Home, count: int) -> list[Line]:
    """Return the newest runs, newest first."""
    return all_runs(home)[: -count - 1 : -1]
