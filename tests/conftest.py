"""Fixtures every test may use."""

from __future__ import annotations

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
