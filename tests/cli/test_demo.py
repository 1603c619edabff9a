"""`salesdesk demo` keeps to a HOME of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

EXPORTS = Path(__file__).parents[1] / "fixtures" / "exports" / "two_months"


def _salesdesk(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pipelines", *(str(argument) for argument in arguments)]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=600)


def test_demo_publishes_and_the_same_demo_again_changes_nothing(tmp_path: Path) -> None:
    first = _salesdesk("demo", "--orders", "200", "--direct", "--home", tmp_path)
    assert first.returncode == 0, first.stderr
    assert Path(first.stdout.strip()).is_file()
    again = _salesdesk("demo", "--orders", "200", "--direct", "--home", tmp_path)
    assert again.returncode == 0, again.stderr
    assert "nothing has changed" in again.stderr


def test_demo_in_a_home_with_other_exports_is_refused(tmp_path: Path) -> None:
    landed = _salesdesk("ingest", EXPORTS / "orders.csv", "--home", tmp_path)
    assert landed.returncode == 0, landed.stderr
    refused = _salesdesk("demo", "--orders", "200", "--direct", "--home", tmp_path)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "exports of your own" in refused.stderr


def test_demo_of_another_seed_in_the_same_home_is_refused(tmp_path: Path) -> None:
    assert _salesdesk("demo", "--orders", "50", "--direct", "--home", tmp_path).returncode == 0
    refused = _salesdesk("demo", "--orders", "50", "--seed", "8", "--direct", "--home", tmp_path)
    assert refused.returncode == 2
    assert "50 orders, seed 7" in refused.stderr
