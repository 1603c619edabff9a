"""A server that goes away, or was never there, keeps no run from its end; the run's own errors stay its own."""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipelines import job
from pipelines.errors import SalesdeskError, UnreadableExport
from pipelines.flows import environment
from tests.delivery.receivers import free_port
from tests.operations.home import PROJECT, Quiet, corrected, january_revenue, request_of
from tests.operations.service import START_SECONDS, within


@contextmanager
def prefect_server(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A Prefect server on loopback, with its address."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)],
        env={**os.environ, "PREFECT_HOME": str(folder), "DO_NOT_TRACK": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        api = f"http://127.0.0.1:{port}/api"
        within(START_SECONDS, "the server's start", partial(environment.answers, api))
        yield server, api
    finally:
        server.kill()
        server.wait()


def flow_of(*, runs: bool) -> Callable[..., Any]:
    """Stand in for Prefect's decorator: the flow runs, or does not, and then its server is gone."""

    def decorator(**_: object) -> Callable[[Callable[[], None]], Callable[[], None]]:
        def decorated(work: Callable[[], None]) -> Callable[[], None]:
            def called() -> None:
                try:
                    if runs:
                        work()
                finally:
                    raise httpx.ConnectError("connection refused")

            return called

        return decorated

    return decorator


@pytest.fixture(params=[True, False], ids=["after the work", "before the work"])
def server_gone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    from pipelines.flows import main_job

    monkeypatch.setattr(main_job, "flow", flow_of(runs=request.param))
    monkeypatch.setattr(main_job, "take_steps", job.run_direct)
    return bool(request.param)


@pytest.mark.usefixtures("server_gone")
def test_run_whose_server_goes_away_publishes_and_says_so(
    home: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from pipelines.flows import main_job

    outcome = main_job.as_flow(request_of(home, corrected(tmp_path / "in"), number=2), Quiet())
    assert outcome.status == "published"
    assert january_revenue(home) == 305
    assert "does not answer (ConnectError)" in caplog.text


@pytest.mark.usefixtures("server_gone")
def test_run_that_fails_while_its_server_goes_away_tells_its_own_error(home: Path, tmp_path: Path) -> None:
    from pipelines.flows import main_job

    with pytest.raises(UnreadableExport):
        main_job.as_flow(request_of(home, tmp_path / "nowhere.csv", number=2), Quiet())


def test_run_whose_steps_the_server_broke_is_told_in_words(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipelines.flows import main_job

    def broken(*_: object) -> job.Outcome:
        raise httpx.ReadTimeout("no answer")

    monkeypatch.setattr(main_job, "flow", flow_of(runs=True))
    monkeypatch.setattr(main_job, "take_steps", broken)
    with pytest.raises(SalesdeskError, match="went away during the run"):
        main_job.as_flow(request_of(home, corrected(tmp_path / "in"), number=2), Quiet())


def test_error_that_prefect_keeps_has_no_value_and_the_terminal_has_it(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipelines.flows import main_job

    error = UnreadableExport(
        "The file ends in the midst of a row", where="leads.csv", found="张三,13800138000"
    )
    kept = main_job.masked(error)
    assert isinstance(kept, UnreadableExport)
    assert "leads.csv" in str(kept)
    assert "13800138000" not in "".join(traceback.format_exception(kept))

    def broken(*_: object) -> job.Outcome:
        raise main_job.masked(error)

    monkeypatch.setattr(main_job, "flow", lambda **_: lambda work: work)
    monkeypatch.setattr(main_job, "take_steps", broken)
    with pytest.raises(UnreadableExport) as caught:
        main_job.as_flow(request_of(home, corrected(tmp_path / "in"), number=2), Quiet())
    assert caught.value.found == "张三,13800138000"


@pytest.mark.slow
def test_run_whose_real_server_is_killed_meanwhile_publishes_and_ends_with_0(
    home: Path, tmp_path: Path
) -> None:
    with prefect_server(tmp_path / "prefect") as (server, api):
        run = subprocess.Popen(
            [sys.executable, "-m", "pipelines", "run", str(corrected(tmp_path / "in")), "--home", str(home)],
            cwd=PROJECT,
            env={**os.environ, "PREFECT_API_URL": api, "PREFECT_CLIENT_MAX_RETRIES": "0"},
            stderr=subprocess.PIPE,
            text=True,
        )
        told = []
        with run:
            assert run.stderr is not None
            for line in run.stderr:
                told.append(line)
                if line.startswith("load"):
                    server.kill()
        assert run.returncode == 0, "".join(told)
    assert january_revenue(home) == 305
    assert "does not answer" in "".join(told)
