"""One run of the main job: what was asked, what it holds while it works, and how it ended."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from pipelines.errors import GateFailed, SalesdeskError
from pipelines.job import record
from pipelines.warehouse import Home, publication
from pipelines.warehouse.home import lock
from pipelines.warehouse.reuse import Plan

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.job.steps import Step
    from pipelines.settings import Settings
    from pipelines.spark import Engine
    from pipelines.warehouse.models import Built, Model
    from pipelines.warehouse.side_by_side import Meanwhile


@dataclass(frozen=True)
class Request:
    """What a run is asked to do.

    `started_at` (UTC) and `today` come from the clock of the command line, so that no step reads one.
    `until` names the last step to take; empty means all.
    """

    settings: Settings
    exports: tuple[Path, ...]
    run_id: str
    started_at: datetime
    today: date
    full: bool = False
    until: str = ""


@dataclass(frozen=True)
class Outcome:
    """How a run ended: `published`, `unchanged`, `stopped` (at the step asked for) or `refused`."""

    status: str
    run_id: str
    as_of: date | None
    snapshot: Path | None
    pages: tuple[Path, ...]
    seconds: float


@dataclass(frozen=True)
class Fact:
    """What one step did, in a line: its words and its seconds."""

    step: str
    words: str
    seconds: float


class Watcher(Protocol):
    """Whoever shows a run's progress."""

    def started(self, step: Step) -> None:
        """Tell that a step begins."""

    def finished(self, fact: Fact) -> None:
        """Tell what a step did."""


@dataclass
class Job:
    """What the steps of one run share; each step fills its part."""

    request: Request
    home: Home
    status: str = "running"
    draft: Path | None = None
    connection: DuckDBPyConnection | None = None
    at_once: int = 1
    marts_checked: Meanwhile[list[Any]] | None = None
    comments: int = 0
    spark: Engine | None = None
    has_new_files: bool = False
    fingerprint: str = ""
    as_of: date | None = None
    base_currency: str = ""
    is_former_lost: bool = False
    workdays: Mapping[str, Any] = field(default_factory=dict)
    counts: record.Counts = field(default_factory=record.Counts)
    models: tuple[Model, ...] = ()
    leaves: Mapping[str, str] = field(default_factory=dict)
    plan: Plan = field(default_factory=Plan)
    built: list[Built] = field(default_factory=list)
    results: list[Any] = field(default_factory=list)
    snapshot: Path | None = None
    pages: tuple[Path, ...] = ()
    facts: list[Fact] = field(default_factory=list)

    @property
    def open_draft(self) -> DuckDBPyConnection:
        """The connection to the draft; only steps between load and publish have one."""
        if self.connection is None:
            message = "no draft is open at this step"
            raise RuntimeError(message)
        return self.connection

    @property
    def is_over(self) -> bool:
        """Whether the remaining steps have nothing to do."""
        return self.status != "running"

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The named parameters that SQL models may bind."""
        settings = self.request.settings
        return {
            "as_of": self.as_of,
            "base_currency": self.base_currency,
            "time_zone": settings.time_zone,
            "aging_basis": settings.aging_basis,
            "aging_bounds": list(settings.aging_bounds),
            "cash_application": settings.cash_application,
            "conversion_window_days": settings.conversion_window_days,
            "lapsed_days": settings.lapsed_days,
            "default_payment_terms_days": settings.default_payment_terms_days,
            "fiscal_start": settings.fiscal_start,
            "month_close_day": settings.month_close_day,
            **self.workdays,
        }

    def take(self, step: Step) -> Fact:
        """Take one step and remember what it did."""
        started = time.perf_counter()
        try:
            words = step.act(self)
        except BaseException as error:
            record.step(self, step.name, time.perf_counter() - started, "", error=type(error).__name__)
            raise
        fact = Fact(step.name, words, time.perf_counter() - started)
        record.step(self, step.name, fact.seconds, words)
        self.facts.append(fact)
        if step.name == self.request.until and not self.is_over:
            self.status = "stopped"
        return fact

    def close_draft(self) -> None:
        """Close the connection to the draft, if one is open, and end what still works on it."""
        if self.marts_checked is not None:
            self.marts_checked.break_off()
            self.marts_checked = None
        if self.spark is not None:
            self.spark.close()
            self.spark = None
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def outcome(self) -> Outcome:
        """Return how the run ended."""
        seconds = sum(fact.seconds for fact in self.facts)
        return Outcome(self.status, self.request.run_id, self.as_of, self.snapshot, self.pages, seconds)


@contextmanager
def opened(request: Request) -> Iterator[Job]:
    """Hold HOME's lock for one run; whatever happens the draft is settled and the journal has its line.

    A run refused by its gates keeps its draft as `snapshots/refused.duckdb`; any other failure discards it. Once the
    lock is free, the rules that failed are told to whoever asked for alerts.
    """
    home = Home(request.settings.home)
    home.prepare()
    job = Job(request, home)
    try:
        with lock(home), _settled(job):
            yield job
    except GateFailed as error:
        _alert(job, error)
        raise
    _alert(job)


@contextmanager
def _settled(job: Job) -> Iterator[None]:
    try:
        with _in_words(job):
            yield
    except BaseException as error:
        _write_down(job, error)
        raise
    else:
        record.in_journal(job, "")
    finally:
        job.close_draft()
        _settle_draft(job)


def _alert(job: Job, error: GateFailed | None = None) -> None:
    if error is not None or any(not result.success for result in job.results):
        from pipelines.job import alerts

        alerts.send(job, error)


@contextmanager
def _in_words(job: Job) -> Iterator[None]:
    """Tell a machine without memory or space, and a damaged table that was kept, as such.

    Every other error of DuckDB is ours to mend.
    """
    import duckdb

    try:
        yield
    except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
        former = publication.published(job.home)
        if job.plan.kept and former is not None and not publication.is_readable(former, job.plan.kept):
            raise publication.damaged(former, error) from error
        step = "raise memory_limit" if isinstance(error, duckdb.OutOfMemoryException) else "free space"
        raise SalesdeskError(
            "The run had too little memory or disk space",
            found=str(error).splitlines()[0],
            next_step=f"{step}, then run again; what was published stands",
        ) from error


def _write_down(job: Job, error: BaseException) -> None:
    message = error.what if isinstance(error, SalesdeskError) else type(error).__name__
    job.status = _status_after(job, error)
    if job.status == "refused" and job.connection is not None:
        record.this_run(job, job.status, message)
    try:
        record.in_journal(job, message)
    except OSError as unwritten:
        # a full disk takes no line either: the error that ended the run is the one to tell
        error.add_note(f"the journal has no line of this run: {unwritten}")


def _status_after(job: Job, error: BaseException) -> str:
    if job.snapshot is not None:
        return "published"  # the pages failed, the figures stand
    return "refused" if isinstance(error, GateFailed) else "failed"


def _settle_draft(job: Job) -> None:
    if job.draft is None or not job.draft.exists():
        return
    if job.status == "refused":
        publication.set_aside(job.home, job.draft)
    else:
        publication.discard(job.draft)


def run_direct(request: Request, watcher: Watcher) -> Outcome:
    """Run the main job in this process, without orchestration.

    Raises SalesdeskError when an export cannot be read (exit code 2) or the data fails its gates (exit code
    1); the former publication then stands.
    """
    from pipelines.job.steps import STEPS

    with opened(request) as job:
        for step in STEPS:
            if job.is_over:
                break
            watcher.started(step)
            watcher.finished(job.take(step))
    return job.outcome()
