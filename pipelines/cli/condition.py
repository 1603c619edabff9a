"""The condition of a HOME: for people in a few lines, for monitors as one JSON object."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipelines.warehouse import Home

RUN_COLUMNS = ["run_id", "status", "as_of", "files", "rows_read", "rows_quarantined", "seconds", "message"]
_RUNS = 10
_HOUR = 3600


def of(home: Home) -> dict[str, Any]:
    """Return what is published now with its age, the last refusal, each source's rhythm, and the last runs.

    Raises what `Home.require_usable` raises.
    """
    from pipelines.warehouse import doctor, journal, state

    home.require_usable()
    now = datetime.now(UTC).replace(tzinfo=None)
    current = state.published(home)
    published = None
    if current is not None:
        age = round((now - current.finished_at).total_seconds() / _HOUR, 2)
        published = {**asdict(current), "age_hours": age}
    return {
        "home": home.root.absolute(),
        "is_running": not doctor.is_free(home),
        "published": published,
        "last_refusal": state.last_refusal(home),
        "sources": [asdict(source) for source in state.sources(home, now)],
        "runs": [{**run, "seconds": Decimal(run["seconds"])} for run in journal.last_runs(home, _RUNS)],
    }


def as_json(told: dict[str, Any]) -> str:
    """Write the condition as one JSON object."""
    return json.dumps(told, ensure_ascii=False, indent=1, default=_plain)


def _plain(value: object) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return str(value) if isinstance(value, date | Decimal | Path) else repr(value)


def in_words(told: dict[str, Any]) -> list[str]:
    """Return the condition in lines for people."""
    published, refusal = told["published"], told["last_refusal"]
    if published is None:
        lines = ["published:  nothing yet; `salesdesk run EXPORTS` makes the first publication"]
    else:
        when = f"as of {published['as_of']}, {published['age_hours']:.1f} hours ago"
        rows = f"{published['rows_read']:,} rows read, {published['rows_quarantined']:,} quarantined"
        lines = [
            f"published:  {when}, run {published['run_id']}",
            f"made from:  {published['files']} files, {rows}",
        ]
    if told["is_running"]:
        lines.append("now:        a run is under way")
    if refusal is not None:
        lines.append(
            f"refused:    {refusal['started_at'][:16]} {refusal['message']}; what was published stands"
        )
    lines += [
        f"late:       {source['kind']}: last file {source['last_loaded_at']:%Y-%m-%d}, "
        f"usually every {source['usual_days']:g} days"
        for source in told["sources"]
        if source["is_late"]
    ]
    return lines
