"""Publish an earlier snapshot again, by moving the same links that a run moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.errors import NothingPublished, did_you_mean
from pipelines.warehouse import publication
from pipelines.warehouse.home import lock, sync_folder
from pipelines.warehouse.state import described, run_of

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.warehouse.home import Home


def restore(home: Home, run_id: str) -> Path:
    """Make a kept snapshot the published file, and its report, when it is kept too, the latest one.

    Nothing is deleted. The next run builds from the landing again: a file that spoiled the figures must be
    corrected there. Raises NothingPublished when that snapshot is not kept or not whole, WarehouseBusy while
    a run holds HOME.
    """
    with lock(home):
        kept = {run_of(path): path for path in publication.snapshots(home)}
        snapshot = kept.get(run_id)
        if snapshot is None or described(snapshot) is None:
            raise NothingPublished(
                "This run's snapshot is not kept" if snapshot is None else "This snapshot is not whole",
                where=str(home.snapshots),
                found=run_id,
                hint=did_you_mean(run_id, kept),
                next_step="`salesdesk build --as-of DATE --known-at TIME` makes any earlier state again",
            )
        point_to(home, snapshot)
    return snapshot


def put_back(home: Home, passing: Path, standing: Path) -> bool:
    """Publish `standing` again in place of `passing`, unless another run has published meanwhile.

    For runs on an earlier business date, whose figures are archived while the newest stay in force. Returns
    whether the link was moved.
    """
    with lock(home):
        if publication.published(home) != passing.resolve() or not standing.is_file():
            return False
        point_to(home, standing)
    return True


def point_to(home: Home, snapshot: Path) -> None:
    """Move both links; the caller holds the lock. Readers see the former file or this one, never none."""
    _replace(home.published, snapshot.relative_to(home.root))
    report = home.reports / run_of(snapshot)
    if report.is_dir():
        _replace(home.reports / "latest", report.relative_to(home.reports))


def _replace(link: Path, target: Path) -> None:
    fresh = link.with_name(f".{link.name}.next")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.replace(link)
    sync_folder(link.parent)
