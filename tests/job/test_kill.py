"""Killed at any moment, a run leaves the former publication whole, and the next run works."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines import metrics, warehouse

EXPORTS = Path(__file__).parents[1] / "fixtures" / "exports" / "two_months"
# More on request: KILLS=200 make test
KILLS = int(os.environ.get("KILLS", "6"))


def _command(home: Path, *exports: Path) -> list[str]:
    paths = [str(path) for path in exports]
    return [
        sys.executable,
        "-m",
        "pipelines",
        "run",
        *paths,
        "--direct",
        "--home",
        str(home),
        "--as-of",
        "2026-02-28",
    ]


def _january_revenue(home: Path) -> Decimal | None:
    with warehouse.read(home) as connection:
        rows = metrics.query(connection, ["revenue"], grain="month")
        broken = connection.execute("select count(*) from ops.runs where run_id is null").fetchall()
    assert broken == [(0,)]
    return rows[0].value


def _corrected(folder: Path) -> Path:
    header = (EXPORTS / "orders.csv").read_text(encoding="utf-8").splitlines()[0]
    line = "O1,2026-01-05,C1,1,P-100,Bearing,2,90.00,,0.13,completed,Li,East,direct,,,"
    path = folder / "orders_corrected.csv"
    path.write_text(f"{header}\n{line}\n", encoding="utf-8")
    return path


@pytest.mark.slow
def test_run_killed_at_random_moments_leaves_a_whole_publication(tmp_path: Path) -> None:
    home = tmp_path / "home"
    started = time.monotonic()
    subprocess.run(_command(home, *sorted(EXPORTS.glob("*.csv"))), check=True, capture_output=True)
    whole_run = time.monotonic() - started
    corrected = _corrected(tmp_path)
    draw = random.Random(20260228)  # noqa: S311 - moments to kill at, no secrets
    for _ in range(KILLS):
        process = subprocess.Popen(
            _command(home, corrected), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(draw.uniform(0, whole_run))
        process.send_signal(signal.SIGKILL)
        process.wait()
        # 370 before the correction, 125 + 180 = 305 after it; never anything between
        assert _january_revenue(home) in {Decimal(370), Decimal(305)}
    final = subprocess.run(_command(home, corrected), check=False, capture_output=True, text=True)
    assert final.returncode == 0, final.stderr
    assert _january_revenue(home) == Decimal(305)
    assert not list((home / "snapshots").glob(".draft-*"))
