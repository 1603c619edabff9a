"""Fixtures of the exports' tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.exports.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A HOME and a folder of exports, both empty."""
    return Desk(tmp_path)
