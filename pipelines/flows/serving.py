"""Everything for one machine: Prefect's server on loopback, the deployments, and a worker; stopped together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import SalesdeskError
from pipelines.flows import environment
from pipelines.warehouse import Home

if TYPE_CHECKING:
    from pipelines.settings import Settings

HOST = "127.0.0.1"
# A cold start compiles and migrates a database.
_START_SECONDS = 120
# A worker lets its run end its step; then it is killed, which a run survives (see tests/operations/test_kill.py).
_STOP_SECONDS = 20
_LOOK_SECONDS = 0.5
# A notice that is being sent may be finished; a mail server that hangs must not hold the stop up.
_LAST_WORD_SECONDS = 5

Say = Callable[[str], None]


@dataclass(frozen=True)
class Child:
    """One process of the service, with its name for messages."""

    name: str
    process: subprocess.Popen[bytes]


def serve(settings: Settings, port: int, say: Say, stop: threading.Event) -> None:
    """Run server, deployments, worker and watchman until `stop` is set, and end them in the reverse order.

    Raises SalesdeskError when a process does not come up or dies; all others are then stopped too.
    """
    home = settings.home
    Home(home).prepare()
    api = f"http://{HOST}:{port}/api"
    if environment.answers(api):
        raise SalesdeskError(
            "Something already answers at this address",
            where=api,
            next_step="stop it, or take another with --port",
        )
    os.environ.update(_environment(home, api))
    environment.prepare(home)
    with _running("server", "server", "start", "--host", HOST, "--port", str(port)) as server:
        _await_health(api, server, stop)
        if stop.is_set():
            return
        say(f"server: http://{HOST}:{port}")
        from pipelines.flows import deployments

        for name in deployments.apply():
            say(f"deployment: {name}")
        pool = deployments.POOL
        with _running(
            "worker", "worker", "start", "--pool", pool, "--type", "process", "--name", pool
        ) as worker:
            say(f"worker: pool {pool}; stop with Ctrl-C")
            with _watchman(settings, say):
                _watch((server, worker), stop)
    say("stopped")


@contextmanager
def stopped_by_signals() -> Iterator[threading.Event]:
    """Give an event that SIGINT and SIGTERM set."""
    stop = threading.Event()
    former = {
        number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield stop
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _environment(home: Path, api: str) -> dict[str, str]:
    """Return what server, worker and flow runs must find in their environment."""
    package = str(Path(__file__).resolve().parents[2])
    paths = [package, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return {
        "SALESDESK_HOME": str(home.absolute()),
        "PREFECT_API_URL": api,
        "PREFECT_SERVER_API_HOST": HOST,
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
        # a run started by hand begins at once, not at the next of a slow round
        "PREFECT_WORKER_QUERY_SECONDS": "3",
        # flow runs that ended 90 days ago go, with their logs and artifacts; by default only events do
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "true",
        # in the server's UI people read what a run did
        "PREFECT_LOGGING_LEVEL": "INFO",
        # Prefect's newer UI asks a tracker's host for its configuration even where analytics are off
        "PREFECT_SERVER_UI_V2_ENABLED": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        # a run starts in a folder of the worker's; the package must be found from a checkout too
        "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths)),
    }


@contextmanager
def _running(name: str, *arguments: str) -> Iterator[Child]:
    """Run one Prefect process in a session of its own: a Ctrl-C in the terminal reaches us, not it."""
    command = [sys.executable, "-m", "prefect", *arguments]
    process = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own
    try:
        yield Child(name, process)
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask with SIGINT, as Prefect wants it, then with SIGTERM; kill the process group when that is in vain."""
    for number, patience in ((signal.SIGINT, _STOP_SECONDS), (signal.SIGTERM, 5)):
        if process.poll() is not None:
            return
        process.send_signal(number)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            continue
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _await_health(api: str, server: Child, stop: threading.Event) -> None:
    for _ in range(int(_START_SECONDS / _LOOK_SECONDS)):
        if environment.answers(api) or stop.wait(_LOOK_SECONDS):
            return
        _require_alive(server)
    raise SalesdeskError(
        "Prefect's server does not answer",
        where=api,
        expected=f"health within {_START_SECONDS} s",
        next_step="look at its messages above; `salesdesk doctor` checks versions and space",
    )


@contextmanager
def _watchman(settings: Settings, say: Say) -> Iterator[None]:
    """Keep the watchman beside; he only looks and tells, so that his end ends nothing else."""
    from pipelines.flows import watchman

    over = threading.Event()
    thread = threading.Thread(target=watchman.keep_watch, args=(settings, over, say), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(_LAST_WORD_SECONDS)


def _watch(children: tuple[Child, ...], stop: threading.Event) -> None:
    while not stop.wait(_LOOK_SECONDS):
        for child in children:
            _require_alive(child)


def _require_alive(child: Child) -> None:
    if (code := child.process.poll()) is not None:
        raise SalesdeskError(
            f"Prefect's {child.name} has ended by itself",
            found=f"exit code {code}",
            next_step="look at its messages above, then start again; nothing published is lost",
        )
