"""What a server is told of the deployed flows: names, schedules, forms, the pool, and the automation for dead runs.

`prefect.yaml` says the same for `prefect deploy`; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate, WorkPoolCreate
from prefect.client.schemas.objects import ConcurrencyLimitStrategy, ConcurrencyOptions, StateType
from prefect.client.schemas.schedules import CronSchedule
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.utilities.callables import parameter_schema
from prefect.workers.process import ProcessWorker

from pipelines import __version__
from pipelines.flows import deployed

if TYPE_CHECKING:
    from prefect import Flow

POOL = "salesdesk"
TIME_ZONE = "Asia/Shanghai"
ZOMBIES = "salesdesk: mark runs whose process died"
# Three heartbeats missed (`serving` asks for one in 30 s); a busy process sends them from a thread of its own.
_SILENCE = timedelta(seconds=90)


@dataclass(frozen=True)
class Declared:
    """One deployment: its flow, its schedule (empty: started by hand), and what happens when it already runs."""

    flow: Flow[Any, Any]
    cron: str = ""
    collision: ConcurrencyLimitStrategy = ConcurrencyLimitStrategy.ENQUEUE
    parameters: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The flow's name; its one deployment is called `salesdesk`."""
        return str(self.flow.name)

    @property
    def entrypoint(self) -> str:
        """The flow's module path."""
        return f"{self.flow.fn.__module__}.{self.flow.fn.__name__}"


# Every morning, after the day's exports; and on the 2nd, when the last day of the month has been exported.
DECLARED = (
    Declared(deployed.daily, "30 5 * * *", ConcurrencyLimitStrategy.CANCEL_NEW),
    Declared(deployed.month_end, "0 7 2 * *", ConcurrencyLimitStrategy.CANCEL_NEW),
    Declared(deployed.backfill),
    Declared(deployed.publish_reports),
    Declared(deployed.restore),
)


def apply() -> list[str]:
    """Tell the server all of this, renewing what it knows, and return the deployments' full names."""
    with get_client(sync_client=True) as client:
        pool = WorkPoolCreate(
            name=POOL, type="process", base_job_template=ProcessWorker.get_default_base_job_template()
        )
        client.create_work_pool(pool, overwrite=True)
        names = [_deploy(client, each) for each in DECLARED]
        if not client.read_automations_by_name(ZOMBIES):
            client.create_automation(zombies())
    return names


def _deploy(client: SyncPrefectClient, declared: Declared) -> str:
    client.create_deployment(
        flow_id=client.create_flow(declared.flow),
        name="salesdesk",
        description=words(declared.flow),
        entrypoint=declared.entrypoint,
        work_pool_name=POOL,
        schedules=_schedules(declared),
        concurrency_limit=1,
        concurrency_options=ConcurrencyOptions(collision_strategy=declared.collision),
        parameters=declared.parameters,
        parameter_openapi_schema=form(declared.flow),
        enforce_parameter_schema=True,
        # settings files and folders named in a form are looked for where the service was started
        job_variables={"working_dir": str(Path.cwd())},
        tags=["salesdesk"],
        version=__version__,
    )
    return f"{declared.name}/salesdesk"


def words(flow: Flow[Any, Any]) -> str:
    """Return what a flow is for, without its parameters: the form tells those."""
    return (flow.description or "").partition("\nArgs:")[0].strip()


def form(flow: Flow[Any, Any]) -> dict[str, Any]:
    """Return a flow's form: Prefect's own, with the first sentence of each parameter's words as its label.

    Prefect labels a field by the parameter's name whatever the annotation says.
    """
    schema: dict[str, Any] = parameter_schema(flow).model_dump()
    for told in schema["properties"].values():
        told["title"], _, told["description"] = told["description"].partition(". ")
    return schema


def _schedules(declared: Declared) -> list[DeploymentScheduleCreate]:
    if not declared.cron:
        return []
    cron = CronSchedule(cron=declared.cron, timezone=TIME_ZONE)
    return [DeploymentScheduleCreate(schedule=cron, active=True, slug="usual")]


def zombies() -> AutomationCore:
    """Return the automation that marks a run as crashed when its heartbeat stops: kill -9 leaves it `Running`."""
    ends = ("Completed", "Failed", "Cancelled", "Crashed")
    return AutomationCore(
        name=ZOMBIES,
        trigger=EventTrigger(
            after={"prefect.flow-run.heartbeat"},
            expect={"prefect.flow-run.heartbeat", *(f"prefect.flow-run.{end}" for end in ends)},
            match={"prefect.resource.id": ["prefect.flow-run.*"]},
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=_SILENCE,
        ),
        actions=[
            ChangeFlowRunState(
                name=None,
                force=False,
                state=StateType.CRASHED,
                message="The process of this run died. What was published stands; run it again.",
            )
        ],
    )
