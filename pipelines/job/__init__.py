"""The main job: the steps from exports to a published report, and nothing of how they are scheduled."""

from pipelines.job.run import Job, Outcome, Request, run_direct
from pipelines.job.steps import STEPS, Step

__all__ = ["STEPS", "Job", "Outcome", "Request", "Step", "run_direct"]
