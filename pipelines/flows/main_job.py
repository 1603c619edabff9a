"""The main job as one flow of coarse tasks, each a step of `pipelines.job`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prefect import Task, flow
from prefect.cache_policies import NO_CACHE

from pipelines.job import STEPS, Job, Outcome, Request, Step
from pipelines.job.run import opened

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State, TaskRun

    from pipelines.job.run import Fact, Watcher

# Only steps that read or write files and give the same when taken twice; the others compute inside a draft.
_RETRIES = {"land": 2, "report": 2}
_PAUSE = 2


def as_flow(request: Request, watcher: Watcher) -> Outcome:
    """Run the main job as one flow run; its tasks are the steps.

    The job is held by the functions, not passed: Prefect would walk through every parameter of a task.
    Raises what `job.run_direct` raises.
    """

    @flow(name="salesdesk-run", flow_run_name=request.run_id, persist_result=False)
    def salesdesk_run() -> Outcome:
        return take_steps(request, watcher)

    return salesdesk_run()


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
        return job.take(step)

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


def _is_transient(_task: Task[[], Fact], _run: TaskRun, state: State[Fact]) -> bool:
    """Whether a step failed because the system refused a file operation, not because of what it was given."""
    error = state.data
    return isinstance(error, OSError) or isinstance(getattr(error, "__cause__", None), OSError)
