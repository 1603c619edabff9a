"""The watchman of `salesdesk serve`: tells people of runs that failed, died or never began, and of late sources."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterEndTime,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateName,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType

from pipelines.delivery import Notice, tell
from pipelines.flows import entry
from pipelines.job import alarm

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable
    from datetime import datetime

    from prefect.client.schemas.objects import FlowRun

    from pipelines.settings import Settings

LOOK_SECONDS = 15
# A source's rhythm is counted in days: a look every few minutes is often enough.
_SOURCES_EVERY = 40
# A run waits this long for a worker before somebody is told.
_LATE = timedelta(minutes=10)
# What ended before the watchman began is looked at too: the machine may have been down. Nothing is told twice.
_BACK = timedelta(days=1)
_WORDS = {
    "zh": {
        "FAILED": "运行失败:{flow}",
        "CRASHED": "运行进程中断:{flow}",
        "LATE": "运行没有按时开始:{flow}",
        "stands": "运行 {run},{at:%Y-%m-%d %H:%M} UTC。上一次发布原样保留;详情见界面与 `salesdesk status`。",
    },
    "en": {
        "FAILED": "A run failed: {flow}",
        "CRASHED": "The process of a run died: {flow}",
        "LATE": "A run has not begun in time: {flow}",
        "stands": "Run {run}, {at:%Y-%m-%d %H:%M} UTC. What was published stands; see the UI and `salesdesk status`.",
    },
}


def keep_watch(settings: Settings, stop: threading.Event, say: Callable[[str], None]) -> None:
    """Look until `stop` is set; what cannot be looked at or delivered is said, and looked at again later."""
    look, silent = 0, False
    # one client for the whole watch: every further one would leave memory behind, 0.1 GB a day
    with get_client(sync_client=True) as client:
        while not stop.wait(LOOK_SECONDS):
            now = entry.moment()
            try:
                found = troubles(client, settings, now)
                if look % _SOURCES_EVERY == 0:
                    found += alarm.late_sources(settings, now)
                receipts = tell(settings, found, at=now)
            except Exception as error:  # noqa: BLE001 - a server that restarts must not end the watch
                if not silent:
                    say(f"the watchman could not look: {type(error).__name__}")
                silent = True
                continue
            look, silent = look + 1, False
            for receipt in receipts:
                if receipt.status != "known":
                    say(f"{receipt.status}: {receipt.key} to {receipt.target} {receipt.reason}".rstrip())


def troubles(client: SyncPrefectClient, settings: Settings, now: datetime) -> list[Notice]:
    """Return a notice for each run of the last day that failed or died, and for each that waits too long."""
    words = _WORDS[settings.lang]
    found = [(str(run.state_type.value if run.state_type else ""), run) for run in _ended(client, now)]
    found += [("LATE", run) for run in _late(client, now)]
    names = {run.flow_id: client.read_flow(run.flow_id).name for _, run in found}
    return [
        Notice(
            "critical",
            words[kind].format(flow=names[run.flow_id]),
            words["stands"].format(
                run=run.name, at=(run.end_time or run.expected_start_time or now).astimezone(UTC)
            ),
            f"flow-run-{run.id}-{kind.lower()}",
        )
        for kind, run in found
    ]


def _ended(client: SyncPrefectClient, now: datetime) -> list[FlowRun]:
    bad = FlowRunFilterStateType(any_=[StateType.FAILED, StateType.CRASHED])
    return _runs(
        client,
        state=FlowRunFilterState(type=bad),
        end_time=FlowRunFilterEndTime.model_validate({"after_": now - _BACK}),
    )


def _late(client: SyncPrefectClient, now: datetime) -> list[FlowRun]:
    late = FlowRunFilterState(name=FlowRunFilterStateName(any_=["Late"]))
    return _runs(
        client,
        state=late,
        expected_start_time=FlowRunFilterExpectedStartTime.model_validate({"before_": now - _LATE}),
    )


def _runs(client: SyncPrefectClient, **wanted: Any) -> list[FlowRun]:
    return list(client.read_flow_runs(flow_run_filter=FlowRunFilter(**wanted), limit=50))
