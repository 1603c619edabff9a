"""What may go: snapshots beyond those kept, and what interrupted runs left behind. Never the landing."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from pipelines.warehouse import publication
from pipelines.warehouse.home import lock

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.warehouse.home import Home


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


def tidy(home: Home, keep: int) -> list[Path]:
    """Remove orphans and surplus snapshots, and return what was removed.

    Raises WarehouseBusy while a run holds HOME: its draft is no orphan.
    """
    with lock(home):
        found = [*orphans(home), *surplus(home, keep)]
        for path in found:
            remove(path)
    return found


def remove(path: Path) -> None:
    """Remove a file, a link or a folder."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
