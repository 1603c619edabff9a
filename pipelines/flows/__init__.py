"""The main job as a Prefect flow: orchestration only, the work is in `pipelines.job`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.flows.environment import prepare

if TYPE_CHECKING:
    from pipelines.job import Outcome, Request
    from pipelines.job.run import Watcher


def run_main_job(request: Request, watcher: Watcher) -> Outcome:
    """Run the main job as a flow: on a server that is running, else on Prefect's temporary one.

    Raises what `job.run_direct` raises.
    """
    prepare(request.settings.home)
    from pipelines.flows.main_job import as_flow

    return as_flow(request, watcher)
