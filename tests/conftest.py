"""Fixtures every test may use."""

from __future__ import annotations

import fcntl
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from pipelines import warehouse

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# No test is timed: a busy machine says nothing about the code.
hypothesis.settings.register_profile("salesdesk", hypothesis.settings(), deadline=None)
hypothesis.settings.load_profile("salesdesk")

# Where pyspark is installed, it takes a main module without a file, as workers of pytest-xdist have, for its doctests
# and ends the process.
if not hasattr(sys.modules["__main__"], "__file__"):
    sys.modules["__main__"].__file__ = __file__


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name bytes by their parameter: packed files hold the time they were made, and every worker makes its own."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture
def connection() -> Iterator[DuckDBPyConnection]:
    """An empty DuckDB database in memory."""
    with warehouse.connect() as opened:
        yield opened


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real exports and cases that is kept outside the project (`data/`, `cases/`)."""
    folder = shared_folder()
    if not (folder / "data").is_dir():
        pytest.skip(f"the real exports are not in {folder}; SALESDESK_SHARED_DATA names another place")
    return folder


def shared_folder() -> Path:
    """Return where the real exports are kept, there or not."""
    named = os.environ.get("SALESDESK_SHARED_DATA")
    return Path(named) if named else Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def published_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """HOME after one run on two months of a small company; tests copy it or only ask it.

    Made once for all workers: the first to need it makes it, the others wait.
    """
    from tests.operations.home import TABLES, run

    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    home, done = base / "published_home", base / "published_home.done"
    with (base / "published_home.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            assert run(home, *TABLES).status == "published"
            done.touch()
    return home


@pytest.fixture
def home(published_home: Path, tmp_path: Path) -> Path:
    """A copy of that HOME, to do with as a test likes."""
    from tests.operations.home import copied

    return copied(published_home, tmp_path / "home")
