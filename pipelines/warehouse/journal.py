"""The journal of runs: one JSON line each, also of those that published nothing; it outlives every draft."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipelines.warehouse.home import Home

Line = dict[str, Any]
# About 1,500 runs; then the file begins anew beside its predecessor.
_MOST_STEP_BYTES = 4 << 20


def append(home: Home, line: Line) -> None:
    """Add one run's line."""
    with home.journal.open("a", encoding="utf-8") as journal:
        journal.write(json.dumps(line, ensure_ascii=False) + "\n")


def append_step(home: Home, line: Line) -> None:
    """Add one step's line to `steps.jsonl`; older ones go to `steps.former.jsonl`, and then away."""
    if home.steps.exists() and home.steps.stat().st_size > _MOST_STEP_BYTES:
        home.steps.replace(home.steps.with_name("steps.former.jsonl"))
    with home.steps.open("a", encoding="utf-8") as steps:
        steps.write(json.dumps(line, ensure_ascii=False) + "\n")


def all_runs(home: Home) -> list[Line]:
    """Return every whole line, oldest first; a line torn by a power cut does not count."""
    if not home.journal.exists():
        return []
    text = home.journal.read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("}\n")]


def last_runs(home: Home, count: int) -> list[Line]:
    """Return the newest runs, newest first."""
    return all_runs(home)[: -count - 1 : -1]
