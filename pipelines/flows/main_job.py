"""The main job as one flow of coarse tasks, each a step of `pipelines.job`."""

from __future__ import annotations

import logging
from copy import copy
from queue import Empty
from typing import TYPE_CHECKING

from prefect import Task, flow
from prefect.cache_policies import NO_CACHE
from prefect.events.worker import EventsWorker
from prefect.exceptions import PrefectException

from pipelines.errors import SalesdeskError
from pipelines.job import STEPS, Job, Outcome, Request, Step, run_direct
from pipelines.job.run import opened

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State, TaskRun

    from pipelines.job.run import Fact, Watcher

log = logging.getLogger(__name__)

# Only steps that read or write files and give the same when taken twice; the others compute inside a draft.
_RETRIES = {"land": 2, "report": 2}
_PAUSE = 2


def as_flow(request: Request, watcher: Watcher) -> Outcome:
    """Run the main job as one flow run; its tasks are the steps.

    The job is held by the functions, not passed: Prefect would walk through every parameter of a task. A server that
    does not answer or goes away keeps nothing from being done: the steps are taken without it, and that is said.
    Raises what `job.run_direct` raises.
    """
    done: list[Outcome] = []
    failed: list[Exception] = []

    @flow(name="salesdesk-run", flow_run_name=request.run_id, persist_result=False)
    def salesdesk_run() -> None:
        try:
            done.append(take_steps(request, watcher))
        except Exception as error:
            failed.append(error)
            raise

    try:
        salesdesk_run()
    except Exception as error:
        if isinstance(error, SalesdeskError):
            raise _original(error) from None
        if not _is_of_server(error):
            raise
        log.warning(
            "Prefect's server does not answer (%s): it knows no end of this run", type(error).__name__
        )
        forget_events()
    return _outcome(request, watcher, done, failed)


def _outcome(request: Request, watcher: Watcher, done: list[Outcome], failed: list[Exception]) -> Outcome:
    """Return how the work ended, whatever became of the server; what was not begun is done without one."""
    if failed and _is_of_server(failed[0]):
        raise SalesdeskError(
            "Prefect's server went away during the run",
            found=type(failed[0]).__name__,
            next_step="run again, or with --direct; what was published stands",
        ) from failed[0]
    if failed:
        raise _original(failed[0])
    return done[0] if done else run_direct(request, watcher)


def _is_of_server(error: BaseException) -> bool:
    """Whether an error is of the talk with Prefect's server, and none of the work's own."""
    import httpx

    return isinstance(error, httpx.HTTPError | PrefectException) or (
        # how Prefect tells that its temporary server did not come up
        isinstance(error, RuntimeError) and "server" in str(error).casefold()
    )


def forget_events() -> None:
    """Drop what a server that has gone would still be told: Prefect tries each for seconds, and at exit all of them."""
    workers = list(EventsWorker._instances.values())  # type: ignore[misc] # noqa: SLF001 - there is no other way
    for worker in workers:
        waiting = worker._queue  # noqa: SLF001
        while True:
            try:
                waiting.get_nowait()
            except Empty:
                break
            waiting.task_done()


def take_steps(request: Request, watcher: Watcher) -> Outcome:
    """Take every step of the main job, each as a task of the flow run that is open."""
    with opened(request) as job:
        for step in STEPS:
            if job.is_over:
                break
            watcher.started(step)
            watcher.finished(_as_task(job, step)())
    return job.outcome()


def _as_task(job: Job, step: Step) -> Task[[], Fact]:
    def take() -> Fact:
        try:
            return job.take(step)
        except SalesdeskError as error:
            raise masked(error) from _system_error(error)

    return Task(
        take,
        name=step.name,
        cache_policy=NO_CACHE,
        persist_result=False,
        log_prints=False,
        retries=_RETRIES.get(step.name, 0),
        retry_delay_seconds=_PAUSE,
        retry_condition_fn=_is_transient,
    )


def masked(error: SalesdeskError) -> SalesdeskError:
    """Return an error without what was found: Prefect keeps messages and tracebacks, and it may be a customer's."""
    told = copy(error)
    told.found = ""
    told.__dict__["original"] = error
    return told


def _original(error: BaseException) -> BaseException:
    """Return the error as it was, for the terminal of whoever holds the file."""
    told: BaseException = vars(error).get("original", error)
    return told


def _system_error(error: SalesdeskError) -> OSError | None:
    return error.__cause__ if isinstance(error.__cause__, OSError) else None


def _is_transient(_task: Task[[], Fact], _run: TaskRun, state: State[Fact]) -> bool:
    """Whether a step failed because the system refused a file operation, not because of what it was given."""
    error = state.data
    return isinstance(error, OSError) or isinstance(getattr(error, "__cause__", None), OSError)
