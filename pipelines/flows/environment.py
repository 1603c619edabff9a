"""Prefect's environment, which must stand before Prefect is imported."""

from __future__ import annotations

import os
import urllib.error
import urllib.request
from http import HTTPStatus
from pathlib import Path

from pipelines.warehouse import Home

_LOCAL_API = "http://127.0.0.1:4200/api"


def prepare(home: Path) -> None:
    """Keep Prefect's files under HOME, its telemetry off, and use a server on this machine when one answers.

    What the caller's own environment says stands. Prefect does not make its folder below one that is missing, and its
    temporary server then never answers, so the folder is made here.
    """
    Home(home).prepare()
    (home / "prefect").mkdir(mode=0o700, exist_ok=True)
    defaults = {
        "PREFECT_HOME": str((home / "prefect").absolute()),
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        # our own lines tell the progress, and our own errors what went wrong
        "PREFECT_LOGGING_LEVEL": "CRITICAL",
        "PREFECT_LOGGING_INTERNAL_LEVEL": "CRITICAL",
        "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
        "PREFECT_CLIENT_MAX_RETRIES": "3",
        # a cold start on a busy machine takes longer than the 20 s it is given by default
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
        "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
    }
    for name, value in defaults.items():
        os.environ.setdefault(name, value)
    if "PREFECT_API_URL" not in os.environ and answers(_LOCAL_API):
        os.environ["PREFECT_API_URL"] = _LOCAL_API


def answers(api: str) -> bool:
    """Whether a Prefect server is healthy at this address; nothing there is the common case, not an error."""
    try:
        with urllib.request.urlopen(f"{api}/health", timeout=0.5) as answer:  # noqa: S310 - a fixed http address
            return bool(answer.status == HTTPStatus.OK)
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False
