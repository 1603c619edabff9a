"""The main job as one flow of coarse tasks, each a step of `pipelines.job`."""

from __future__ import annotations

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from pipelines.job import STEPS, Job, Outcome, Request, Step
from pipelines.job.run import Fact, Watcher, opened


@task(cache_policy=NO_CACHE, persist_result=False, task_run_name="{step.name}")
def take(job: Job, step: Step) -> Fact:
    """Take one step of the job."""
    return job.take(step)


@flow(name="salesdesk-run", validate_parameters=False, persist_result=False)
def main_job(request: Request, watcher: Watcher) -> Outcome:
    """Ingest, validate, build, reconcile, publish and report, as `salesdesk run` does."""
    with opened(request) as job:
        for step in STEPS:
            if job.is_over:
                break
            watcher.started(step)
            watcher.finished(take(job, step))
    return job.outcome()
