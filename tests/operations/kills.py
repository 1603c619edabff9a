"""Kill runs at random moments and say what each left behind; every run stands on the debris of the one before."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from pipelines.job import STEPS
from pipelines.warehouse import Home, doctor
from tests.operations.home import AS_OF, EXPORTS, PROJECT, TABLES, january_revenue

# Each run is drawn a moment up to this many times the last whole one's seconds: some end before it comes.
_REACH = 1.05
# Every second kill is aimed at the short last part, where the link is moved: so soon after its line.
_AIMED_AFTER, _AIMED_SECONDS = "describe", 1.5
# Every so many kills a run is let finish: its figure must be the newest correction's.
_WHOLE_EVERY = 20


@dataclass(frozen=True)
class Killed:
    """What one kill met and left: the step under way, whether the run's own figure was published, and its debris."""

    during: str
    is_published: bool
    has_draft: bool


def correction(folder: Path, number: int) -> tuple[Path, Decimal]:
    """Write an export that makes order O1 two at `number` yuan, and return it with January's revenue by then.

    The only other revenue of January is 125: see the README of the exports.
    """
    header = (EXPORTS / "orders.csv").read_text(encoding="utf-8").splitlines()[0]
    line = f"O1,2026-01-05,C1,1,P-100,Bearing,2,{number}.00,,0.13,completed,Li,East,direct,,,"
    path = folder / f"orders_{number}.csv"
    path.write_text(f"{header}\n{line}\n", encoding="utf-8")
    return path, Decimal(125 + 2 * number)


def kills(folder: Path, count: int, seed: int = 20260228) -> Iterator[Killed]:
    """Kill `count` runs, each with a new correction, in one HOME under `folder`.

    Raises AssertionError when a publication is anything but the former or the killed run's own, when a landed byte
    is lost, or when a run that is let finish does not publish the newest correction.
    """
    home, draw = folder / "home", random.Random(seed)  # noqa: S311 - moments to kill at, no secrets
    seconds = _whole(home, *TABLES)
    standing = january_revenue(home)
    for number in range(1, count + 1):
        export, figure = correction(folder, number)
        aim = ("", seconds * _REACH) if number % 2 else (_AIMED_AFTER, _AIMED_SECONDS)
        during = _killed(home, export, aim[0], draw.uniform(0, aim[1]))
        found = january_revenue(home)
        assert found in {standing, figure}, f"{found} after a kill during {during}"
        bad = [one for one in doctor.examine(Home(home), is_quick=False) if one.verdict == "failure"]
        assert not bad, bad
        yield Killed(during, found == figure, bool(list((home / "snapshots").glob(".draft-*"))))
        standing = found
        if number % _WHOLE_EVERY == 0 or number == count:
            seconds = _whole(home, export)
            standing = january_revenue(home)
            assert standing == figure, f"{standing} instead of {figure} after the run that followed"
            assert not list((home / "snapshots").glob(".draft-*"))


def table(found: list[Killed]) -> str:
    """Return the crash table: one row a step, with counts."""
    steps = _moments()
    during = Counter(one.during for one in found)
    lines = ["| killed during | kills | new publication | former publication | draft left behind |"]
    lines.append("|---|---:|---:|---:|---:|")
    for step in steps:
        of_step = [one for one in found if one.during == step]
        new, drafts = sum(one.is_published for one in of_step), sum(one.has_draft for one in of_step)
        lines.append(f"| {step} | {during[step]} | {new} | {len(of_step) - new} | {drafts} |")
    new, drafts = sum(one.is_published for one in found), sum(one.has_draft for one in found)
    lines.append(f"| together | {len(found)} | {new} | {len(found) - new} | {drafts} |")
    return "\n".join(lines)


def _moments() -> list[str]:
    first, *others = (step.name for step in STEPS)
    return [f"start, {first}", *others, "after the last step"]


def _command(home: Path, *exports: Path) -> list[str]:
    paths = [str(path) for path in exports]
    where = ["--home", str(home), "--as-of", AS_OF.isoformat()]
    return [sys.executable, "-m", "pipelines", "run", *paths, "--direct", *where]


def _whole(home: Path, *exports: Path) -> float:
    """Run to the end and return its seconds."""
    started = time.monotonic()
    subprocess.run(_command(home, *exports), cwd=PROJECT, check=True, capture_output=True)
    return time.monotonic() - started


def _killed(home: Path, export: Path, after: str, pause: float) -> str:
    """Kill a run so many seconds after a step's line ("": its start) and return the step that was under way."""
    process = subprocess.Popen(
        _command(home, export), cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    told = []
    while after and (line := process.stderr.readline()):
        told.append(line)
        if line.startswith(after):
            break
    time.sleep(pause)
    process.send_signal(signal.SIGKILL)
    told += process.communicate()[1].splitlines()
    names = [step.name for step in STEPS]
    return _moments()[sum(any(line.startswith(f"{name:<15}") for line in told) for name in names)]
