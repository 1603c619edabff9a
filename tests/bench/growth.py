"""Let `salesdesk serve` run the daily flow many times and print what grows: `python -m tests.bench.growth --runs 200`.

Every run takes a corrected order in, publishes and writes its pages. Between the runs it tells the memory of the
server, of the worker and of the service itself, the size of Prefect's database, and what HOME keeps.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.bench.processes import resident, slope
from tests.operations.home import TABLES, january_revenue, run
from tests.operations.kills import correction
from tests.operations.service import Service, serving, within

_RUN_SECONDS = 300
_PARTS = ("landing", "snapshots", "reports", "prefect")


@dataclass(frozen=True)
class Look:
    """What was there after so many runs: resident memory in MB, sizes in MB."""

    runs: int
    memory: dict[str, float]
    sizes: dict[str, float]


def _size(folder: Path) -> float:
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return sum(path.stat().st_size for path in files) / 1e6


def look(service: Service, runs: int) -> Look:
    """Return what the processes hold and HOME keeps now."""
    server, worker = service.workers()
    memory = {
        "server": resident(server),
        "worker": resident(worker),
        "service": resident(service.process.pid),
    }
    return Look(runs, memory, {part: _size(service.home / part) for part in _PARTS})


def once(service: Service, folder: Path, number: int) -> None:
    """Drop a correction, trigger the daily flow, wait for its end, and hold the publication to the new figure."""
    _, figure = correction(folder, number)
    identity = service.start("daily", folder=str(folder), as_of="2026-02-28")
    ended = within(_RUN_SECONDS, f"run {number}", lambda: service.ended(identity))
    assert ended["state_type"] == "COMPLETED", ended["state"]["message"]
    assert january_revenue(service.home) == figure


def main() -> None:
    """Run, print a line every so many runs, then the growth per run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument(
        "--every", type=int, default=10, help="look after so many runs, at least three times in all"
    )
    chosen = parser.parse_args()
    looks: list[Look] = []
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        run(place / "first", *TABLES)
        drop = place / "drop"
        drop.mkdir()
        with serving(place / "first", place) as service:
            for number in range(1, chosen.runs + 1):
                once(service, drop, number)
                if number % chosen.every == 0:
                    looks.append(look(service, number))
                    told = {**looks[-1].memory, **looks[-1].sizes}
                    sys.stdout.write(
                        f"{number:>4} " + " ".join(f"{n} {v:.1f}" for n, v in told.items()) + "\n"
                    )
                    sys.stdout.flush()
    for name in (*looks[0].memory, *looks[0].sizes):
        values = [{**each.memory, **each.sizes}[name] for each in looks]
        sys.stdout.write(
            f"{name}: {values[0]:.1f} to {values[-1]:.1f} MB, {slope(values) / chosen.every:+.3f} MB a run\n"
        )


if __name__ == "__main__":
    main()
