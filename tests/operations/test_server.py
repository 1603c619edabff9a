"""`salesdesk serve` with a real Prefect server on loopback: schedules, a run by hand, forms, a clean stop."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.operations.home import PROJECT, copied

pytestmark = pytest.mark.slow
# All of this file together stays below a minute and a half on two cores.
START_SECONDS, RUN_SECONDS = 60, 45


@dataclass(frozen=True)
class Service:
    """A running `salesdesk serve`: its process, its API, its HOME."""

    process: subprocess.Popen[str]
    api: str
    home: Path

    def ask(self, path: str, body: dict[str, Any]) -> Any:
        request = urllib.request.Request(  # noqa: S310 - our own server on loopback
            f"{self.api}{path}", json.dumps(body).encode(), {"content-type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
            return json.load(answer)

    def deployment(self, flow: str) -> dict[str, Any]:
        found = self.ask("/deployments/filter", {"flows": {"name": {"any_": [flow]}}})
        assert len(found) == 1
        return dict(found[0])


def within(seconds: float, what: str, check: Callable[[], Any]) -> Any:
    """Return what `check` gives once it gives something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := check():
            return found
        time.sleep(0.5)
    pytest.fail(f"{what} did not happen within {seconds} s")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def service(published_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Start everything for one machine, and stop it."""
    folder = tmp_path_factory.mktemp("serve")
    home, port = copied(published_home, folder / "home"), free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    with (folder / "serve.log").open("w+", encoding="utf-8") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "pipelines", "serve", "--home", str(home), "--port", str(port)],
            cwd=PROJECT,
            env=environment,
            stdout=log,
            stderr=log,
            text=True,
        )
        try:
            within(
                START_SECONDS,
                "the worker's start",
                lambda: "worker:" in (folder / "serve.log").read_text("utf-8"),
            )
            yield Service(process, f"http://127.0.0.1:{port}/api", home)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)
            told = (folder / "serve.log").read_text(encoding="utf-8")
    # a clean stop: its code and words, and nobody listens any more
    assert process.returncode == 0, told
    assert "stopped" in told
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_serve_gives_cron_deployments_their_scheduled_runs(service: Service) -> None:
    def scheduled() -> list[Any]:
        wanted = {"state": {"type": {"any_": ["SCHEDULED"]}}}
        return list(service.ask("/flow_runs/filter", {"flow_runs": wanted}))

    runs = within(30, "a scheduled run", scheduled)
    daily = service.deployment("daily")
    times = [run["expected_start_time"] for run in runs if run["deployment_id"] == daily["id"]]
    # 05:30 in Shanghai is 21:30 UTC of the day before, summer and winter
    assert times
    assert all("T21:30:00" in moment for moment in times)


def test_serve_deploys_forms_that_refuse_what_they_do_not_offer(service: Service) -> None:
    reports = service.deployment("publish-reports")
    assert reports["enforce_parameter_schema"] is True
    with pytest.raises(urllib.error.HTTPError) as caught:
        service.ask(f"/deployments/{reports['id']}/create_flow_run", {"parameters": {"lang": "fr"}})
    assert caught.value.code in {409, 422}
    caught.value.close()


def test_serve_runs_what_the_command_line_triggers_and_shows_artifacts(service: Service) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "prefect", "deployment", "run", "publish-reports/salesdesk", "-p", "lang=en"],
        env={**os.environ, "PREFECT_API_URL": service.api, "PREFECT_HOME": str(service.home / "prefect")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    reports = service.deployment("publish-reports")

    def ended() -> Any:
        wanted = {"deployment_id": {"any_": [reports["id"]]}}
        runs = service.ask("/flow_runs/filter", {"flow_runs": wanted})
        return [run for run in runs if run["state_type"] in {"COMPLETED", "FAILED", "CRASHED"}]

    (run,) = within(RUN_SECONDS, "the run's end", ended)
    assert run["state_type"] == "COMPLETED", run["state"]["message"]
    assert "pages and workbooks" in run["state"]["message"]
    keys = {artifact["key"] for artifact in service.ask("/artifacts/filter", {})}
    assert {"validation", "key-figures", "report"} <= keys


def test_serve_ships_the_automation_that_marks_dead_runs(service: Service) -> None:
    (automation,) = service.ask("/automations/filter", {})
    assert automation["enabled"] is True
    assert automation["trigger"]["posture"] == "Proactive"
    assert automation["actions"][0]["state"] == "CRASHED"


def test_serve_on_a_port_that_is_taken_is_refused(service: Service) -> None:
    port = service.api.rsplit(":", 1)[1].split("/")[0]
    second = subprocess.run(
        [sys.executable, "-m", "pipelines", "serve", "--home", str(service.home), "--port", port],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert second.returncode == 2
    assert "already answers" in second.stderr
