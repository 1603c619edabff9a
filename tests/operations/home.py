"""A HOME with one publication of the small company, made once and copied for each test."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines import job, metrics, warehouse
from pipelines.settings import Settings

if TYPE_CHECKING:
    from pipelines.job.run import Fact

PROJECT = Path(__file__).resolve().parents[2]
EXPORTS = PROJECT / "tests" / "fixtures" / "exports" / "two_months"
TABLES = sorted(EXPORTS.glob("*.csv"))
AS_OF = date(2026, 2, 28)


class Quiet:
    """A watcher that says nothing."""

    def started(self, step: job.Step) -> None:
        """Say nothing."""

    def finished(self, fact: Fact) -> None:
        """Say nothing."""


def run(
    home: Path, *exports: Path, number: int = 1, as_of: date | None = AS_OF, until: str = ""
) -> job.Outcome:
    """Run the main job in this process; `number` orders the runs."""
    return job.run_direct(request_of(home, *exports, number=number, as_of=as_of, until=until), Quiet())


def request_of(
    home: Path, *exports: Path, number: int = 1, as_of: date | None = AS_OF, until: str = ""
) -> job.Request:
    """Return the request of such a run."""
    return job.Request(
        settings=Settings(home=home, as_of=as_of),
        exports=exports,
        run_id=f"20260301T0000{number:02}-aaaaaa",
        started_at=datetime(2026, 3, 1, 0, 0, number, tzinfo=UTC),
        today=date(2026, 3, 1),
        until=until,
    )


def january_revenue(home: Path) -> Decimal | None:
    """Return the published revenue of January: 370 before the correction of `corrected`, 305 after it."""
    with warehouse.read(home) as connection:
        rows = metrics.query(connection, ["revenue"], start=date(2026, 1, 1), end=date(2026, 1, 31))
    return rows[0].value


def copied(source: Path, target: Path) -> Path:
    """Copy a HOME with its links, as `cp -a` does."""
    shutil.copytree(source, target, symlinks=True)
    return target


def salesdesk(*arguments: str, timeout: float = 600, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command as people do."""
    return subprocess.run(
        [sys.executable, "-m", "pipelines", *arguments],
        cwd=PROJECT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def corrected(folder: Path) -> Path:
    """Write a later export in which order O1 has one line of 2 × 90 left."""
    header = (EXPORTS / "orders.csv").read_text(encoding="utf-8").splitlines()[0]
    line = "O1,2026-01-05,C1,1,P-100,Bearing,2,90.00,,0.13,completed,Li,East,direct,,,"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "orders_corrected.csv"
    path.write_text(f"{header}\n{line}\n", encoding="utf-8")
    return path
