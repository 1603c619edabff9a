"""`salesdesk serve` with a real Prefect server on loopback: schedules, a run by hand, forms, a clean stop."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pipelines.warehouse import Home, doctor, state
from tests.operations.home import PROJECT
from tests.operations.service import Service, serving, within
from tests.reporting.browser import Browser

pytestmark = pytest.mark.slow
RUN_SECONDS = 150


@pytest.fixture(scope="module")
def service(published_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One service for all tests of this file."""
    with serving(published_home, tmp_path_factory.mktemp("serve")) as running:
        yield running


def test_serve_gives_cron_deployments_their_scheduled_runs(service: Service) -> None:
    def scheduled() -> list[Any]:
        wanted = {"state": {"type": {"any_": ["SCHEDULED"]}}}
        return list(service.ask("/flow_runs/filter", {"flow_runs": wanted}))

    runs = within(120, "a scheduled run", scheduled)
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
        timeout=180,
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


def test_serve_removes_flow_runs_that_ended_long_ago_from_its_database(service: Service) -> None:
    flow = service.ask("/flows/filter", {"flows": {"name": {"any_": ["restore"]}}})[0]["id"]

    def ended(days: int) -> str:
        run = service.ask("/flow_runs/", {"flow_id": flow, "state": {"type": "COMPLETED"}})["id"]
        # the API dates a state itself
        with (
            closing(sqlite3.connect(service.home / "prefect" / "prefect.db", timeout=30)) as database,
            database,
        ):
            change = f"update flow_run set end_time = datetime(end_time, '-{days} days') where id = ?"
            assert database.execute(change, [run]).rowcount == 1
        return str(run)

    def kept() -> set[str]:
        wanted = {"flow_runs": {"id": {"any_": [old, recent]}}}
        return {run["id"] for run in service.ask("/flow_runs/filter", wanted)}

    old, recent = ended(100), ended(80)
    within(120, "the removal of the old run", lambda: kept() == {recent})


def test_serve_on_a_port_that_is_taken_is_refused(service: Service) -> None:
    port = service.api.rsplit(":", 1)[1].split("/")[0]
    second = subprocess.run(
        [sys.executable, "-m", "pipelines", "serve", "--home", str(service.home), "--port", port],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert second.returncode == 2
    assert "already answers" in second.stderr


# Focus the field that stands nearest to a label; true once it is there.
_FOCUS = """(() => {
    let at = [...document.querySelectorAll("label, p, span, div")].find(
        each => each.children.length === 0 && each.textContent.includes("%s"));
    while (at && !at.querySelector("input, textarea")) at = at.parentElement;
    if (!at) return false;
    at.querySelector("input, textarea").focus();
    return true;
})()"""


_IS_LEFT = "location.protocol === 'http:' && !location.pathname.endsWith('/run')"
_SUBMIT = (
    "[...document.querySelectorAll('button')].find(each => each.textContent.trim() === 'Submit')?.click()"
)


def _submit_form(browser: Browser, address: str, label: str, text: str) -> None:
    """Fill one field of a run form in by its label, and submit it, as a person does.

    The page draws its fields anew once it knows the flow's parameters, and loses what was typed before; whoever sees
    that types again and submits again. It leaves the form when the server has taken the run.
    """

    def is_taken() -> bool:
        if not browser.value(_FOCUS % label):
            return False
        if browser.value("document.activeElement.value") != text:
            browser.value("document.activeElement.select()")
            browser.send("Input.insertText", text=text)
            return False
        browser.value(_SUBMIT)
        time.sleep(2)
        return bool(browser.value(_IS_LEFT))

    browser.visit(address)
    within(120, f"a run from the form with {label}", lambda: bool(browser.value(_IS_LEFT)) or is_taken())


def test_form_in_the_browser_starts_a_run_with_what_was_typed(service: Service) -> None:
    current = state.published(Home(service.home))
    assert current is not None
    deployment = service.deployment("restore")
    address = f"{service.url}/deployments/deployment/{deployment['id']}/run"
    with Browser() as browser:
        _submit_form(browser, address, "Run 运行编号", current.run_id)

        def started() -> Any:
            runs = service.ask("/flow_runs/filter", {"deployments": {"id": {"any_": [deployment["id"]]}}})
            return runs[0] if runs else None

        run = within(150, "the run", started)
        asked = {url for url in browser.requests if not url.startswith((service.url, "data:", "blob:"))}
    assert run["parameters"] == {"run_id": current.run_id}
    # the UI asks this machine only
    assert asked <= {"about:blank"}
    ended = within(RUN_SECONDS, "its end", lambda: service.ended(run["id"]))
    assert (ended["state_type"], ended["state"]["message"]) == (
        "COMPLETED",
        f"published run {current.run_id} again",
    )


def test_run_that_is_cancelled_ends_and_leaves_home_free_and_whole(service: Service) -> None:
    before = state.published(Home(service.home))
    run = service.start("backfill", first="2026-01-05", last="2026-02-20", step="day", lang="en")
    within(RUN_SECONDS, "its first step", lambda: not doctor.is_free(Home(service.home)))
    cancelling = {"state": {"type": "CANCELLING"}}
    service.ask(f"/flow_runs/{run}/set_state", cancelling)
    ended = within(RUN_SECONDS, "its end", lambda: service.ended(run))
    assert ended["state_type"] == "CANCELLED"
    within(90, "HOME's release", lambda: doctor.is_free(Home(service.home)))
    current = state.published(Home(service.home))
    assert current is not None
    assert before is not None
    assert current.as_of <= before.as_of


def _holder(home: Path) -> int | None:
    """Return the process that holds HOME, once it has said so."""
    named = (home / ".lock").read_text(encoding="utf-8")
    is_alive = named != "" and Path(f"/proc/{named}").is_dir()
    return int(named) if is_alive and not doctor.is_free(Home(home)) else None


def test_run_whose_process_and_worker_are_gone_is_marked_by_the_automation_and_told(service: Service) -> None:
    _, worker = service.workers()
    _impatient(service)
    run = service.start("backfill", first="2026-01-05", last="2026-02-20", step="day", lang="en")
    holder = within(RUN_SECONDS, "its first step", partial(_holder, service.home))
    # the worker would see the process end; where the whole machine died nobody does, so it is stopped meanwhile
    os.kill(worker, signal.SIGSTOP)
    try:
        os.kill(holder, signal.SIGKILL)
        ended = within(180, "the automation", lambda: service.ended(run))
    finally:
        os.kill(worker, signal.SIGCONT)
    assert ended["state_type"] == "CRASHED"
    assert "The process of this run died" in ended["state"]["message"]
    within(120, "the chat", lambda: any("backfill" in each["title"] for each in service.room.messages))
    within(120, "the letter", lambda: any("backfill" in each["Subject"] for _, each in service.box.letters))
    assert not [one for one in doctor.examine(Home(service.home)) if one.verdict == "failure"]


def _impatient(service: Service) -> None:
    """Let the shipped automation wait 15 seconds for a heartbeat, not 90; all else stays as shipped."""
    (automation,) = service.ask("/automations/filter", {})
    automation["trigger"]["within"] = 15.0
    told = {key: automation[key] for key in ("name", "description", "enabled", "trigger", "actions")}
    service.ask(f"/automations/{automation['id']}", told, method="PUT")
