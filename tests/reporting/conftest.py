"""The sample's pages on disk, and one browser for all tests that look at them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines import reporting
from tests.reporting.browser import Browser, chromium
from tests.reporting.sample import a_review, a_run
from tests.reporting.sample_statement import a_statement


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a publication of the sample."""
    chromium()
    folder = tmp_path_factory.mktemp("reports")
    reporting.publish(a_review(), folder, a_run(), [a_statement()])
    return folder / "latest"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium without a network."""
    chromium()
    pytest.importorskip("websockets", reason="the browser is driven over a web socket")
    with Browser() as opened:
        yield opened
