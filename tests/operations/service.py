"""A running `salesdesk serve`, with a chat and a mail server on loopback that it may tell."""

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
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from tests.delivery.receivers import ChatRoom, Mailbox, chat_room, free_port, mail_server
from tests.operations.home import PROJECT, copied

# On a quiet machine 12 s; a busy one takes its time.
START_SECONDS = 180
_ENDED = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}
# What the server does hourly, tests wait for.
_HURRIED = {"PREFECT_SERVER_SERVICES_DB_VACUUM_LOOP_SECONDS": "5"}
_SETTINGS = """
[mail]
host = "127.0.0.1"
port = {port}
security = "none"
sender = "desk@example.com"
alerts_to = ["ops@example.com"]
"""


@dataclass(frozen=True)
class Service:
    """A running `salesdesk serve`: its process, its address, its HOME, and whom it may tell."""

    process: subprocess.Popen[str]
    url: str
    home: Path
    room: ChatRoom
    box: Mailbox

    @property
    def api(self) -> str:
        """The address of the server's API."""
        return f"{self.url}/api"

    def ask(self, path: str, body: dict[str, Any], method: str = "POST") -> Any:
        """Ask the API and return its answer."""
        request = urllib.request.Request(  # noqa: S310 - our own server on loopback
            f"{self.api}{path}",
            json.dumps(body).encode(),
            {"content-type": "application/json"},
            method=method,
        )
        for pause in (1, 2, 4, 8):
            try:
                return _answer(request)
            except urllib.error.HTTPError as error:
                # busy with its database: Prefect's own clients ask again then, too
                if error.code != HTTPStatus.SERVICE_UNAVAILABLE:
                    raise
                error.close()
            time.sleep(pause)
        return _answer(request)

    def deployment(self, flow: str) -> dict[str, Any]:
        """Return the one deployment of a flow."""
        found = self.ask("/deployments/filter", {"flows": {"name": {"any_": [flow]}}})
        assert len(found) == 1
        return dict(found[0])

    def start(self, flow: str, **parameters: Any) -> str:
        """Start a run by hand and return its id."""
        path = f"/deployments/{self.deployment(flow)['id']}/create_flow_run"
        return str(self.ask(path, {"parameters": parameters})["id"])

    def run_of(self, identity: str) -> dict[str, Any]:
        """Return what the server says of a run."""
        return dict(self.ask("/flow_runs/filter", {"flow_runs": {"id": {"any_": [identity]}}})[0])

    def ended(self, identity: str) -> dict[str, Any] | None:
        """Return a run that has ended, or nothing while it goes on."""
        run = self.run_of(identity)
        return run if run["state_type"] in _ENDED else None

    def workers(self) -> list[int]:
        """Return the processes that the service itself has started: the server and the worker."""
        told = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="utf-8")
        return [int(number) for number in told.split()]


def _answer(request: urllib.request.Request) -> Any:
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        return json.loads(answer.read() or "null")


def within(seconds: float, what: str, check: Callable[[], Any]) -> Any:
    """Return what `check` gives once it gives something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := check():
            return found
        time.sleep(0.3)
    pytest.fail(f"{what} did not happen within {seconds} s")


@contextmanager
def serving(published_home: Path, folder: Path) -> Iterator[Service]:
    """Start everything for one machine on a copy of HOME; end it, and hold it to a clean end."""
    home, port = copied(published_home, folder / "home"), free_port()
    with (
        chat_room() as room,
        mail_server() as box,
        (folder / "serve.log").open("w+", encoding="utf-8") as log,
    ):
        (home / "salesdesk.toml").write_text(_SETTINGS.format(port=box.port), encoding="utf-8")
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
        process = subprocess.Popen(
            [sys.executable, "-m", "pipelines", "serve", "--home", str(home), "--port", str(port)],
            cwd=PROJECT,
            env={**environment, **_HURRIED, "SALESDESK_CHAT_URLS": room.url},
            stdout=log,
            stderr=log,
            text=True,
        )
        told = folder / "serve.log"
        try:
            within(START_SECONDS, "the worker's start", lambda: "worker:" in told.read_text("utf-8"))
            yield Service(process, f"http://127.0.0.1:{port}", home, room, box)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=180)
    # a clean stop: its code and words, and nobody listens any more
    assert process.returncode == 0, told.read_text(encoding="utf-8")
    assert "stopped" in told.read_text(encoding="utf-8")
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
