"""One small published HOME for all notebook tests, made once a session."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines import analysis
from tests.architecture.source import PROJECT

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def salesdesk(*arguments: str | Path) -> str:
    """Run the command and return what it printed; fail with what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "pipelines", *map(str, arguments)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A HOME with 1,500 demo orders published."""
    home = tmp_path_factory.mktemp("demo") / "home"
    salesdesk("demo", "--orders", "1500", "--direct", "--home", home)
    return home


@pytest.fixture
def published(demo_home: Path) -> Iterator[DuckDBPyConnection]:
    with analysis.read(demo_home) as connection:
        yield connection
