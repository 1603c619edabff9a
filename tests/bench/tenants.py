"""Run many small companies through one process: `python -m tests.bench.tenants --companies 200`.

Prints the seconds a company takes and how the process's memory grows from the first tenth to the last: one that keeps
something of every company grows in proportion to their number.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from pipelines import demo, job
from pipelines.settings import Settings
from tests.bench.processes import processor_seconds, resident, slope

# What is imported and cached once belongs to no company.
_WARM_UP = 5


class _Silent:
    def started(self, step: job.Step) -> None:
        """Say nothing."""

    def finished(self, fact: object) -> None:
        """Say nothing."""


@dataclass(frozen=True)
class Company:
    """One company's run: wall and processor seconds, and this process's memory after it, in MB.

    The processor seconds are also those of the process that judges.
    """

    seconds: float
    cpu_seconds: float
    memory: float


def one(number: int, folder: Path, orders: int) -> Company:
    """Write a company's exports, run the main job on them in a HOME of its own, and take both away."""
    place = folder / f"company{number}"
    ledger = demo.write_exports(place / "exports", orders=orders, seed=number)
    begin, cpu = time.perf_counter(), processor_seconds()
    request = job.Request(
        Settings(home=place / "home", as_of=ledger.end),
        (place / "exports",),
        f"20261101T000000-{number:06x}",
        datetime(2026, 11, 1, tzinfo=UTC),
        date(2026, 11, 1),
    )
    job.run_direct(request, _Silent())
    told = Company(time.perf_counter() - begin, processor_seconds() - cpu, resident())
    shutil.rmtree(place)
    return told


def main() -> None:
    """Run the companies one after another and print what they took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--companies", type=int, default=200)
    parser.add_argument("--orders", type=int, default=200, help="orders of each")
    parser.add_argument("--folder", type=Path, help="where to work; default: a temporary folder")
    chosen = parser.parse_args()
    companies = []
    with tempfile.TemporaryDirectory(dir=chosen.folder) as scratch:
        for number in range(chosen.companies):
            companies.append(one(number, Path(scratch), chosen.orders))
            if number % 10 == 0:
                now = companies[-1]
                sys.stdout.write(f"{number:>5} {now.cpu_seconds:6.2f} cpu s {now.memory:8.0f} MB\n")
                sys.stdout.flush()
    settled = companies[_WARM_UP:]
    sys.stdout.write(
        f"{len(companies)} companies of {chosen.orders} orders: first {companies[0].cpu_seconds:.2f} cpu s, then "
        f"{sum(each.cpu_seconds for each in settled) / len(settled):.2f} cpu s and "
        f"{sum(each.seconds for each in settled) / len(settled):.2f} s each; memory {settled[0].memory:.0f} to "
        f"{settled[-1].memory:.0f} MB, {slope([each.memory for each in settled]):+.3f} MB a company\n"
    )


if __name__ == "__main__":
    main()
