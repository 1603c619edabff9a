"""What a run writes down about itself: journal, history in `ops`, fingerprint, restatements."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from pipelines import resources, this_process
from pipelines.errors import UsageError
from pipelines.job import check_history
from pipelines.warehouse import journal, publication

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.job.run import Job
    from pipelines.settings import Settings

# Settings that change no published figure: where things are, how many are kept, how much memory is used.
_NOT_IN_FIGURES = {
    "home",
    "keep_snapshots",
    "keep_days",
    "memory_limit",
    "engine",
    "spark_master",
    "notebooks",
}
_CARRIED = ("expectation_results", "reconciliations", "restatements")
# Tables of newer versions: a former publication may be without them.
_CARRIED_IF_THERE = ("contract_documents",)


@dataclass(frozen=True)
class Counts:
    """What a run worked on, as far as it is known yet."""

    files: int | None = None
    rows_read: int | None = None
    rows_quarantined: int | None = None


class Keyed(Protocol):
    """Something read from the landing that has a key naming its bytes and how they were read."""

    @property
    def key(self) -> str:
        """The key."""


def fingerprint(settings: Settings, readings: Iterable[Keyed]) -> str:
    """Return one hash over all a publication depends on: readings, settings, SQL, suites, pages and code."""
    told = {name: str(value) for name, value in vars(settings).items() if name not in _NOT_IN_FIGURES}
    parts = [
        json.dumps(told, sort_keys=True),
        version("duckdb"),
        *sorted(reading.key for reading in readings),
    ]
    for folder in ("sql", "expectations", "reports"):
        root = resources.path(folder)
        for path in sorted(root.rglob("*")):
            if path.is_file():
                parts += [str(path.relative_to(root)), hashlib.sha256(path.read_bytes()).hexdigest()]
    package = Path(__file__).resolve().parents[1]
    parts += [hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(package.rglob("*.py"))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def is_unchanged(job: Job) -> bool:
    """Whether the published file already answers this request.

    A publication whose as-of date was capped at its day of making is out of date on another day.
    """
    if publication.published(job.home) is None:
        return False
    with publication.read(job.home.root) as connection:
        row = connection.execute(
            "select run_id, fingerprint, as_of, base_currency, started_at::date from ops.runs "
            "where status = 'published' order by started_at desc limit 1"
        ).fetchone()
    if row is None:
        return False
    run_id, former_fingerprint, as_of, base_currency, made_on = row
    was_capped = job.request.settings.as_of is None and as_of >= made_on
    if former_fingerprint != job.fingerprint or (was_capped and as_of != job.request.today):
        return False
    makes_pages = job.request.until in {"", "report"}
    if makes_pages and (job.home.reports / "latest").resolve().name != run_id:
        return False
    job.as_of, job.base_currency = as_of, base_currency
    return True


def latest_date(connection: DuckDBPyConnection, today: date) -> date:
    """Return the latest business date of the data that is not after `today` (see `sql/run/latest_date.sql`).

    Raises UsageError when there is no such date: none of the kinds a run needs was given.
    """
    row = connection.execute(resources.run_sql("latest_date"), {"today": today}).fetchone()
    if row is None or row[0] is None:
        raise UsageError(
            "The exports hold no order, invoice or payment",
            expected="at least one of these kinds, with a date not in the future",
            next_step="add such an export; `salesdesk inspect FILE` shows how a file was understood",
        )
    latest: date = row[0]
    return latest


def base_currency(connection: DuckDBPyConnection) -> str:
    """Return the currency to report in where no setting says it (see `sql/run/base_currency.sql`)."""
    row = connection.execute(resources.run_sql("base_currency")).fetchone()
    return str(row[0]) if row else "CNY"


def carry_history(job: Job) -> None:
    """Create the tables of `ops`, with what former runs left in the journal and the published file."""
    connection = job.open_draft
    connection.execute("create schema if not exists ops")
    for path in sorted((resources.path("sql") / "ops").glob("*.sql")):
        connection.execute(path.read_text(encoding="utf-8"))
    for line in journal.all_runs(job.home):
        _insert_run(connection, line)
    former = publication.published(job.home)
    if former is not None:
        _carry(job, former)
    check_history.complete(connection, job.home)


def _carry(job: Job, former: Path) -> None:
    """Take the former publication's history over: whole, or, when it is damaged and a full build was asked for, none.

    Raises PublicationDamaged otherwise.
    """
    import duckdb

    connection = job.open_draft
    try:
        attach_former(connection, former)
        connection.begin()
        for table in (*_CARRIED, *_there(connection)):
            connection.execute(f"insert into ops.{table} by name select * from former.ops.{table}")
        # a run killed between publishing and its journal line is known from its publication
        connection.execute(
            "insert into ops.runs by name "
            "select * from former.ops.runs where run_id not in (select run_id from ops.runs)"
        )
        connection.commit()
    except duckdb.Error as error:
        if publication.is_readable(former, (f"ops.{table}" for table in ("runs", *_CARRIED))):
            raise
        if not job.request.full:
            raise publication.damaged(former, error) from error
        job.is_former_lost = True
        _roll_back(connection)
    connection.execute("detach database if exists former")


def _roll_back(connection: DuckDBPyConnection) -> None:
    import duckdb

    with suppress(duckdb.TransactionException):  # the attaching failed already: no transaction is open
        connection.rollback()


def _there(connection: DuckDBPyConnection) -> list[str]:
    rows = connection.execute(
        "select table_name from duckdb_tables() where database_name = 'former' and schema_name = 'ops'"
    ).fetchall()
    return [table for table in _CARRIED_IF_THERE if (table,) in rows]


def attach_former(connection: DuckDBPyConnection, former: Path) -> None:
    """Attach the former publication read-only, as `former`."""
    quoted = str(former).replace("'", "''")
    connection.execute(f"attach '{quoted}' as former (read_only)")


def refusals(job: Job) -> None:
    """Close what a rule refused in the former publication and refuses no more; keep what was closed before."""
    from pipelines.exports import refusals as refused

    former = publication.published(job.home)
    if former is None or job.is_former_lost:
        return
    attach_former(job.open_draft, former)
    refused.remember(
        job.open_draft, job.home.root, job.request.settings, former="former", at=job.request.started_at
    )
    job.open_draft.execute("detach former")


def this_run(job: Job, status: str, message: str = "") -> None:
    """Write this run into the draft's `ops.runs`."""
    _insert_run(job.open_draft, _line(job, status, message))


def in_journal(job: Job, message: str) -> None:
    """Append this run's line to the journal."""
    journal.append(job.home, _line(job, job.status, message))


def step(job: Job, name: str, seconds: float, words: str, error: str = "") -> None:
    """Append one step's line, also of one that failed; a disk without room for it must not end the run."""
    line = {
        "run_id": job.request.run_id,
        "step": name,
        "seconds": round(seconds, 3),
        "peak_memory_bytes": _peak_memory(),
        "words": words,
        "error": error,
    }
    with suppress(OSError):
        journal.append_step(job.home, line)


def counts(connection: DuckDBPyConnection) -> Counts:
    """Return how many files and rows the draft holds, and how many rows are in quarantine."""
    row = connection.execute(
        "select count(distinct file_id), coalesce(sum(rows_read), 0)::bigint, "
        "coalesce(sum(rows_quarantined), 0)::bigint from ops.files where is_current"
    ).fetchone()
    return Counts(*row) if row else Counts()


def _line(job: Job, status: str, message: str) -> dict[str, Any]:
    seconds = sum((Decimal(str(round(fact.seconds, 3))) for fact in job.facts), Decimal(0))
    request = job.request
    return {
        "run_id": request.run_id,
        "started_at": _moment(request.started_at),
        "finished_at": _moment(request.started_at + timedelta(seconds=float(seconds))),
        "status": status,
        "as_of": job.as_of.isoformat() if job.as_of else None,
        "known_at": _moment(request.settings.known_at) if request.settings.known_at else None,
        "base_currency": job.base_currency,
        "fingerprint": job.fingerprint,
        "files": job.counts.files,
        "rows_read": job.counts.rows_read,
        "rows_quarantined": job.counts.rows_quarantined,
        "seconds": str(seconds),
        "peak_memory_bytes": _peak_memory(),
        "versions": json.dumps(
            {"python": platform.python_version(), "salesdesk": _own_version(), "duckdb": version("duckdb")}
        ),
        "git_commit": resources.git_commit(),
        "message": message,
    }


def _moment(moment: Any) -> str:
    """Write a UTC moment as DuckDB reads a TIMESTAMP."""
    text: str = moment.replace(tzinfo=None).isoformat(sep=" ")
    return text


def _own_version() -> str:
    from pipelines import __version__

    return __version__


def _peak_memory() -> int:
    """Return the most bytes this process has held, and the process that judges beside it."""
    from pipelines import validation

    return this_process.peak_memory() + validation.peak_memory()


def _insert_run(connection: DuckDBPyConnection, line: dict[str, Any]) -> None:
    names = ", ".join(line)
    marks = ", ".join(f"${name}" for name in line)
    connection.execute(f"insert into ops.runs ({names}) values ({marks})", line)
