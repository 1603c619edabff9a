"""The journal of runs: one JSON line each, also of those that published nothing; it outlives every draft."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipelines.warehouse.home import Home

Line = dict[str, Any]


def append(home: Home, line: Line) -> None:
    """Add one run's line."""
    with home.journal.open("a", encoding="utf-8") as journal:
        journal.write(json.dumps(line, ensure_ascii=False) + "\n")


def all_runs(home: Home) -> list[Line]:
    """Return every whole line, oldest first; a line torn by a power cut does not count."""
    if not home.journal.exists():
        return []
    text = home.journal.read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("}\n")]


def last_runs(home: Home, count: int) -> list[Line]:
    """Return the newest runs, newest first."""
    return all_runs(home)[: -count - 1 : -1]
