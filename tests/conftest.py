"""Fixtures every test may use."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines import warehouse

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


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
