"""What HOME publishes now, how it came to it, and which source is late against its own rhythm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.warehouse import journal, publication
from pipelines.warehouse.connection import connect

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.warehouse.home import Home

_PREFIX = "warehouse-"
# A source is late when the pause since its last file is this many times its usual pause.
_LATE = 2
# With fewer files than this a source has no rhythm to be late against.
_RHYTHM = 3


@dataclass(frozen=True)
class Published:
    """The publication in force. Moments are UTC; `rows_quarantined` counts rows not trusted."""

    run_id: str
    snapshot: Path
    as_of: date
    base_currency: str
    finished_at: datetime
    files: int
    rows_read: int
    rows_quarantined: int


@dataclass(frozen=True)
class Source:
    """The files of one kind: when the last one came, and the median pause between two of them, in days."""

    kind: str
    files: int
    last_loaded_at: datetime
    usual_days: float | None
    is_late: bool


def run_of(snapshot: Path) -> str:
    """Return the run that made a snapshot, from its name."""
    return snapshot.stem.removeprefix(_PREFIX)


def published(home: Home) -> Published | None:
    """Return what is published now, or None before the first publication.

    The run is looked up by the snapshot's own name, so that a clock that once went back confuses nothing.
    """
    snapshot = publication.published(home)
    return None if snapshot is None else described(snapshot)


def described(snapshot: Path) -> Published | None:
    """Return what one snapshot says of its own run, or None when it does not hold it."""
    with connect(snapshot, read_only=True) as connection:
        row = connection.execute(
            "select as_of, base_currency, finished_at, coalesce(files, 0), coalesce(rows_read, 0), "
            "coalesce(rows_quarantined, 0) from ops.runs where run_id = $run_id and status = 'published'",
            {"run_id": run_of(snapshot)},
        ).fetchone()
    return None if row is None else Published(run_of(snapshot), snapshot, *row)


def last_refusal(home: Home) -> journal.Line | None:
    """Return the newest run that was refused or failed and has not been followed by a good one."""
    for line in reversed(journal.all_runs(home)):
        if line["status"] in {"published", "unchanged"}:
            return None
        if line["status"] in {"refused", "failed"}:
            return line
    return None


def read_judged(home: Home) -> tuple[DuckDBPyConnection, str]:
    """Open what the last run judged, and name the run when that is a draft that was refused.

    The published file answers, with an empty name, once a good run has followed. Raises what `publication.read` raises.
    """
    home.require_usable()
    for line in reversed(journal.all_runs(home)):
        draft = publication.refused(home) if line["status"] == "refused" else None
        if draft is not None:
            return publication.opened(draft), line["run_id"]
        if line["status"] in {"published", "unchanged", "refused"}:
            break
    return publication.read(home.root), ""


def sources(home: Home, now: datetime) -> list[Source]:
    """Return each kind of export with its rhythm; `now` is UTC without a zone, as DuckDB keeps it."""
    snapshot = publication.published(home)
    if snapshot is None:
        return []
    with connect(snapshot, read_only=True) as connection:
        rows = connection.execute(
            "with arrivals as (select distinct kind, loaded_at from ops.files where kind <> ''), "
            "pauses as (select kind, loaded_at, "
            "epoch(loaded_at - lag(loaded_at) over (partition by kind order by loaded_at)) / 86400 as days "
            "from arrivals) "
            "select kind, count(*), max(loaded_at), median(days) from pauses group by kind order by kind"
        ).fetchall()
    return [_source(kind, count, last, days, now) for kind, count, last, days in rows]


def _source(kind: str, count: int, last: datetime, days: float | None, now: datetime) -> Source:
    has_rhythm = days is not None and count >= _RHYTHM
    pause = (now - last).total_seconds() / 86400
    is_late = has_rhythm and pause > _LATE * float(days or 0)
    return Source(kind, count, last, round(float(days), 2) if days is not None else None, is_late)


def not_before(home: Home, now: datetime) -> datetime:
    """Return `now` (UTC), or the second after the newest known run when the machine's clock has gone back.

    Files and runs are ordered by when they became known: a clock set back must not make a new file an old one.
    """
    known = [
        datetime.fromisoformat(line["started_at"]).replace(tzinfo=UTC) for line in journal.all_runs(home)
    ]
    return max([now, *(moment + timedelta(seconds=1) for moment in known)])
