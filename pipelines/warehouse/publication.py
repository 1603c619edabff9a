"""Drafts and publications: a draft is private until one link is moved; nothing half-built is ever visible."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import NothingPublished, PublicationDamaged
from pipelines.warehouse.connection import ENOUGH_MEMORY, connect
from pipelines.warehouse.home import Home, sync_file, sync_folder

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_SNAPSHOT = "warehouse-{run_id}.duckdb"
_REFUSED = "refused.duckdb"
# Bytes of a published file up to which one thread answers as fast as two: some 80,000 order lines.
_SMALL = 100_000_000


def new_draft(home: Home, run_id: str) -> Path:
    """Return the path of a fresh draft, after removing what an interrupted run left behind.

    The caller holds the lock of HOME, so every draft found is an orphan.
    """
    for orphan in home.snapshots.glob(".draft-*"):
        _remove(orphan)
    return home.snapshots / f".draft-{run_id}.duckdb"


def publish(home: Home, draft: Path, run_id: str, keep: int) -> Path:
    """Make a checkpointed, closed draft the published file; keep the newest `keep` snapshots.

    Readers of the former file keep it until they close. Returns the snapshot's path.
    """
    snapshot = home.snapshots / _SNAPSHOT.format(run_id=run_id)
    sync_file(draft)
    draft.rename(snapshot)
    sync_folder(home.snapshots)
    _point_to(home, snapshot)
    for old in sorted(home.snapshots.glob(_SNAPSHOT.format(run_id="*")))[:-keep]:
        if old != snapshot:
            _remove(old)
    return snapshot


def _point_to(home: Home, snapshot: Path) -> None:
    link = home.root / ".warehouse.duckdb.next"
    link.unlink(missing_ok=True)
    link.symlink_to(snapshot.relative_to(home.root))
    link.replace(home.published)
    sync_folder(home.root)


def set_aside(home: Home, draft: Path) -> Path:
    """Keep the draft of a refused run for looking into it; only the last one is kept."""
    kept = home.snapshots / _REFUSED
    draft.replace(kept)
    return kept


def refused(home: Home) -> Path | None:
    """Return the draft of the last refused run, if there is one."""
    kept = home.snapshots / _REFUSED
    return kept if kept.is_file() else None


def discard(draft: Path) -> None:
    """Remove a draft that came to nothing, with what DuckDB may have left beside it."""
    for path in (draft, draft.with_name(draft.name + ".wal"), draft.with_name(draft.name + ".tmp")):
        if path.exists():
            _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        for child in path.iterdir():
            _remove(child)
        path.rmdir()
    else:
        path.unlink(missing_ok=True)


def published(home: Home) -> Path | None:
    """Return the published snapshot that the link names now, or None before the first publication."""
    if not home.published.is_symlink():
        return None
    target = home.published.resolve()
    return target if target.is_file() else None


def snapshots(home: Home) -> list[Path]:
    """Return the kept snapshots, oldest first."""
    return sorted(home.snapshots.glob(_SNAPSHOT.format(run_id="*")))


def read(home: Path | str, run_id: str | None = None, memory_limit: str = "") -> DuckDBPyConnection:
    """Open the published file read-only; it never blocks a run, and no run changes what it answers.

    `run_id` pins one of the kept snapshots; `memory_limit` is the setting, for work on the whole file. Raises
    NothingPublished when there is none, or no such run, PublicationDamaged, and what `Home.require_usable` raises.
    """
    place = Home(Path(home))
    place.require_usable()
    if run_id is not None:
        pinned = place.snapshots / _SNAPSHOT.format(run_id=run_id)
        if not pinned.is_file():
            kept = [path.stem.removeprefix("warehouse-") for path in snapshots(place)]
            raise NothingPublished(
                "This run's snapshot is not kept",
                where=str(place.root),
                found=run_id,
                expected=f"one of {', '.join(kept)}" if kept else "no snapshot is kept",
            )
        return opened(pinned, memory_limit)
    target = published(place)
    if target is None:
        raise NothingPublished(
            "Nothing is published yet",
            where=str(place.root),
            next_step="run `salesdesk demo`, or `salesdesk run EXPORTS` on your own exports",
        )
    return opened(target, memory_limit)


def opened(snapshot: Path, memory_limit: str = "") -> DuckDBPyConnection:
    """Open a snapshot, or a refused draft, read-only. Raises PublicationDamaged."""
    import duckdb

    try:
        size = snapshot.stat().st_size
        connection = connect(
            snapshot, read_only=True, most_memory=max(ENOUGH_MEMORY, size // 4), is_small=size < _SMALL
        )
        if memory_limit:
            # told now, not as an option: a second connection to the same file must not differ in its options
            connection.execute(f"set memory_limit = '{memory_limit}'")
    except duckdb.IOException as error:
        raise damaged(snapshot, error) from error
    return connection


def damaged(snapshot: Path, error: Exception) -> PublicationDamaged:
    """Say that a published file cannot be read, and the two ways out."""
    return PublicationDamaged(
        "The published file cannot be read",
        where=str(snapshot),
        found=str(error).splitlines()[0],
        expected="the file as it was published",
        next_step="`salesdesk restore RUN_ID` publishes an earlier one; `salesdesk build --full` makes it again from "
        "the landing, and the history of former runs' rules begins anew",
    )


def is_readable(snapshot: Path, tables: Iterable[str]) -> bool:
    """Whether every row of these tables can be read: tells a damaged file from a disk that had no room."""
    import duckdb

    try:
        with connect(snapshot, read_only=True) as connection:
            for table in tables:
                connection.execute(f"select bit_xor(hash(each_row)) from {table} as each_row").fetchall()
    except duckdb.Error:
        return False
    return True
