"""A published demo that several tests read."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from pipelines import demo, job
from pipelines.settings import Settings

ORDERS = 1_500
# Two seeds run always; `DEMO_SEEDS=30 make test` runs as many.
_ALWAYS = (7, 20261031)
SEEDS = (*_ALWAYS, *range(1001, 1001 + int(os.environ.get("DEMO_SEEDS", len(_ALWAYS))) - len(_ALWAYS)))


class _Silent:
    def started(self, step: job.Step) -> None:
        """Say nothing."""

    def finished(self, fact: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session", params=SEEDS)
def demo_home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """HOME after the main job on demo exports, with `truth/ledger.json` beside them."""
    home = tmp_path_factory.mktemp("demo")
    ledger = demo.write_exports(home / "exports", orders=ORDERS, seed=request.param)
    asked = job.Request(
        Settings(home=home, as_of=ledger.end),
        (home / "exports",),
        "20261101T000000-aaaaaa",
        datetime(2026, 11, 1, tzinfo=UTC),
        date(2026, 11, 1),
    )
    assert job.run_direct(asked, _Silent()).status == "published"
    return home
