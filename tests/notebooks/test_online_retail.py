"""The notebooks on a real year of a real shop: every one runs, ties out, and shows the figures known of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipelines.analysis import notebooks
from tests.notebooks.conftest import salesdesk
from tests.notebooks.test_sources import NAMES

pytestmark = pytest.mark.slow
# Every notebook is run on the demo in every test run; here the others are on request.
CHOSEN = NAMES if os.environ.get("NOTEBOOKS") == "all" else NAMES[:1]


@pytest.fixture(scope="module")
def retail(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("retail") / "home"
    salesdesk(
        "run",
        shared / "data" / "online_retail_I_2010_2011" / "online_retail_I.parquet",
        "--direct",
        "--home",
        home,
    )
    return home


@pytest.mark.parametrize("name", CHOSEN)
def test_notebook_on_online_retail_ties_out(name: str, retail: Path) -> None:
    page = notebooks.publish(name, retail, {}).read_text(encoding="utf-8")
    if name.startswith("01"):
        # net of returns in November 2011: the README of the data
        assert "1461756.25" in page
