"""The second clock: the figures as they were known at an earlier moment, beside those of today."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pipelines import exports, metrics, settings, warehouse
from pipelines.analysis.frames import day, from_arrow
from pipelines.analysis.metric_frames import Filter, question_of
from pipelines.errors import NothingPublished, UsageError
from pipelines.warehouse import Home, state
from pipelines.warehouse.retention import remove

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from pandas import DataFrame

    from pipelines.job import Step
    from pipelines.job.run import Fact
    from pipelines.metrics import MetricRow

# What a build reads of HOME; everything else is made by it.
_INPUTS = ("landing", "mappings", "corrections")
# Rebuilt moments that are kept; each is as large as a publication.
_KEPT = 3

Key = tuple[Any, ...]


class _Silence:
    """Shows nothing of a build's progress."""

    def started(self, step: Step) -> None:
        """Say nothing."""

    def finished(self, fact: Fact) -> None:
        """Say nothing."""


def as_known(
    known_at: datetime | str | None = None,
    home: Path | str | None = None,
    *,
    as_of: date | str | None = None,
) -> DuckDBPyConnection:
    """Build from the landing what was known at a moment (UTC), and open it read-only.

    Only files loaded by then count. `known_at` is by default the moment of the publication in force, which gives that
    publication again; `as_of` is by default its own, so that one clock is moved at a time. The build is kept in
    `HOME/known/` (the last three), publishes nothing and blocks no run; asking again is quick.
    Raises UsageError when nothing had been loaded by then or landed files have not been read yet, NothingPublished
    without a publication, GateFailed when what was known then does not pass the gates.
    """
    from pipelines.job import Request, run_direct

    chosen = settings.load({"home": home, "known_at": known_at, "as_of": day(as_of, "as_of")})
    place = Home(chosen.home.absolute())
    current = state.published(place)
    if current is None:
        raise NothingPublished(
            "Nothing is published yet", where=str(place.root), next_step="run `salesdesk run EXPORTS` first"
        )
    moment = chosen.known_at or current.finished_at.replace(tzinfo=UTC)
    _require_known(place, moment)
    chosen = _as_read(place, chosen, current.base_currency)
    folder = _folder(place, moment)
    asked = replace(
        chosen, home=folder, known_at=moment, as_of=chosen.as_of or current.as_of, keep_snapshots=1
    )
    request = Request(
        settings=asked,
        exports=(),
        run_id=f"{moment:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}",
        started_at=moment,
        today=moment.astimezone(ZoneInfo(chosen.time_zone)).date(),
        until="publish",
    )
    run_direct(request, _Silence())
    return warehouse.read(folder)


def _require_known(place: Home, moment: datetime) -> None:
    """Refuse a moment before the first file."""
    first = min(file.loaded_at for file in exports.landed_files(place.root))
    if moment < first:
        raise UsageError(
            "Nothing was known yet at that moment",
            where=str(place.landing),
            found=f"{moment:%Y-%m-%d %H:%M:%S} UTC",
            expected=f"a moment from {first:%Y-%m-%d %H:%M:%S} UTC on, when the first file was loaded",
        )


def _as_read(place: Home, chosen: settings.Settings, base_currency: str) -> settings.Settings:
    """Return the settings that the landing was read with: with the publication's currency where none is chosen.

    Else the build finds the currency by itself, as the run did whose readings these are. Refuses a landing that a run
    has to read first.
    """
    told = replace(chosen, base_currency=chosen.base_currency or base_currency)
    if not exports.unread(place.root, told):
        return told
    unread = exports.unread(place.root, chosen)
    if unread:
        raise UsageError(
            "Some landed files have not been read by this version of salesdesk yet",
            where=str(place.landing),
            found=f"{len(unread)} files, {unread[0].name} among them",
            next_step="salesdesk build, then ask again",
        )
    return chosen


def _folder(place: Home, moment: datetime) -> Path:
    """Return a HOME of its own for one moment, which shares what a build reads; the oldest beyond three go."""
    root = place.root / "known"
    folder = root / f"{moment:%Y%m%dT%H%M%S}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in _INPUTS:
        link = folder / name
        if not link.is_symlink() and (place.root / name).exists():
            link.symlink_to(Path("..", "..", name))
    others = sorted(
        (path for path in root.iterdir() if path != folder), key=lambda path: path.stat().st_mtime
    )
    for old in others[: -(_KEPT - 1)]:
        remove(old)
    return folder


def changes(
    now: DuckDBPyConnection,
    then: DuckDBPyConnection,
    names: str | Sequence[str],
    *,
    grain: str = "month",
    by: str | Sequence[str] = (),
    where: Filter | None = None,
) -> DataFrame:
    """Return one row a figure that differs between two publications.

    Columns: metric, period_start, one a slice, then_value, now_value, change (decimal(38, 6)). Both are asked as of the
    earlier of their as-of dates. A period or slice that one of them lacks is null there, and so is its change. Empty
    when all figures are the same. Raises MetricError as `query` does.
    """
    import pyarrow as pa

    question = question_of(names, grain=grain, by=by, where=where)
    question["as_of"] = min(metrics.settings_of_build(each)["as_of"] for each in (now, then))
    before, after = (_values(metrics.query(each, **question)) for each in (then, now))
    keys = [key for key in dict.fromkeys((*before, *after)) if before.get(key) != after.get(key)]
    columns = {
        name: pa.array([key[number] for key in keys], pa.date32() if name == "period_start" else pa.string())
        for number, name in enumerate(("metric", "period_start", *question["by"]))
    }
    amount = pa.decimal128(38, 6)
    columns |= {
        "then_value": pa.array([before.get(key) for key in keys], amount),
        "now_value": pa.array([after.get(key) for key in keys], amount),
        "change": pa.array([_difference(before.get(key), after.get(key)) for key in keys], amount),
    }
    return from_arrow(pa.table(columns), {"kind": "changes", "question": question})


def _values(rows: Sequence[MetricRow]) -> dict[Key, Decimal | None]:
    return {(row.metric, row.period_start, *row.segments.values()): row.value for row in rows}


def _difference(before: Decimal | None, after: Decimal | None) -> Decimal | None:
    return None if before is None or after is None else after - before
