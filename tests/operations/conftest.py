"""Fixtures of the operations tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.operations.home import TABLES, copied, run


@pytest.fixture(scope="session")
def published_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """HOME after one run; tests copy it and leave it as it is."""
    place = tmp_path_factory.mktemp("operations") / "home"
    assert run(place, *TABLES).status == "published"
    return place


@pytest.fixture
def home(published_home: Path, tmp_path: Path) -> Path:
    """A copy of that HOME, to do with as a test likes."""
    return copied(published_home, tmp_path / "home")
