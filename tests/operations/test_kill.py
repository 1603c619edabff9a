"""Killed at any moment, a run leaves the former publication whole, and the next run works."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.operations.kills import kills, table

# More on request, with the table of what each met: KILLS=200 make test, or python -m tests.bench.kills
KILLS = int(os.environ.get("KILLS", "6"))


@pytest.mark.slow
def test_runs_killed_at_random_moments_leave_a_whole_publication_each_time(tmp_path: Path) -> None:
    found = list(kills(tmp_path, KILLS))
    assert len(found) == KILLS
    assert f"| together | {KILLS} |" in table(found)
