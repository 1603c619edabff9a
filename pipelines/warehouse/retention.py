"""What may go: snapshots beyond those kept, and what interrupted runs left behind. Never the landing."""

from __future__ import annotations

import re
import shutil
from datetime import date, timedelta
from typing import TYPE_CHECKING

from pipelines.warehouse import publication
from pipelines.warehouse.home import lock
from pipelines.warehouse.state import run_of

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.warehouse.home import Home

_RUN = re.compile(r"\d{8}T\d{6}-\w+")


def orphans(home: Home) -> list[Path]:
    """Return what interrupted runs left behind; only true while no run holds HOME."""
    found = [
        *home.snapshots.glob(".draft-*"),
        *home.landing.glob(".incoming"),
        *home.reports.glob(".*.draft"),
        *(home.root / "archive").glob(".*"),
        *home.root.glob(".*.next"),
        *home.root.glob(".restoring"),
    ]
    return sorted(path for path in found if path.exists() or path.is_symlink())


def surplus(home: Home, keep: int) -> list[Path]:
    """Return the snapshots beyond the newest `keep`, oldest first; the published one is never among them."""
    current = publication.published(home)
    return [path for path in publication.snapshots(home)[:-keep] if path.resolve() != current]


def aged(home: Home, days: int, today: date) -> list[Path]:
    """Return snapshots and page folders of runs that began more than `days` days ago; 0 days: none.

    Never those of the published run, nor what bears no run's name. The landing and the archive have no age.
    """
    current = publication.published(home)
    held = "" if current is None else run_of(current)
    oldest = f"{today - timedelta(days=days):%Y%m%d}"
    found = [(run_of(path), path) for path in publication.snapshots(home)]
    found += [(path.name, path) for path in home.reports.glob("*") if path.is_dir() and not path.is_symlink()]
    return [path for run, path in found if days and _RUN.fullmatch(run) and run != held and run[:8] < oldest]


def tidy(home: Home, keep: int, days: int, today: date) -> list[Path]:
    """Remove orphans, surplus snapshots and what is too old, and return what was removed.

    Raises WarehouseBusy while a run holds HOME: its draft is no orphan.
    """
    with lock(home):
        found = dict.fromkeys([*orphans(home), *surplus(home, keep), *aged(home, days, today)])
        for path in found:
            remove(path)
    return list(found)


def remove(path: Path) -> None:
    """Remove a file, a link or a folder."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
