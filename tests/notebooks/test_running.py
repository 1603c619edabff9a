"""Notebooks run on a small publication; their pages hold every figure and load nothing."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from pipelines import analysis
from pipelines.analysis import notebooks
from pipelines.errors import NothingPublished, UsageError
from pipelines.warehouse import Home, publication
from tests.notebooks.conftest import salesdesk
from tests.notebooks.test_sources import NAMES, NOTEBOOKS, cells

pytestmark = pytest.mark.slow


def figures_of(page: str) -> list[dict[str, object]]:
    """Return the figures a page holds."""
    stored = re.search(r'<script type="application/json" id="figures">(.*?)</script>', page, re.DOTALL)
    assert stored is not None
    found: list[dict[str, object]] = json.loads(stored.group(1))["figures"]
    return found


@pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
def test_notebook_on_the_demo_ties_out_and_draws_every_figure(path: Path, demo_home: Path) -> None:
    target = notebooks.publish(path.stem[:2], demo_home, {})
    page = target.read_text(encoding="utf-8")
    asked = sum("".join(cell["source"]).count("analysis.figure(") for cell in cells(path))
    drawn = figures_of(page)
    assert len(drawn) == asked
    assert all(figure["data"] for figure in drawn)
    assert page.count('<div class="shown figure"') == asked
    assert page.count("plotly.js (basic - minified)") == 1
    # outside the one script, which names its own home page, nothing leads out
    assert "http:" not in (outside := re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL))
    assert "https:" not in outside
    assert "default-src 'none'" in html.unescape(page)


def test_notebook_with_parameters_is_a_page_of_its_own(demo_home: Path) -> None:
    target = notebooks.publish("01", demo_home, {"as_of": "2026-03-31", "lang": "en"})
    assert target.name == "01_sales_overview--as_of-2026-03-31--lang-en.html"
    assert "as of 2026-03-31" in target.read_text(encoding="utf-8")


def test_notebook_whose_tie_out_fails_stops_with_its_cell(tmp_path: Path, demo_home: Path) -> None:
    source = NOTEBOOKS[0].read_text(encoding="utf-8")
    broken = tmp_path / "broken.ipynb"
    broken.write_text(
        source.replace("assert analysis.tie_out(connection, monthly).empty", "assert monthly.empty")
    )
    with pytest.raises(notebooks.NotebookStopped) as caught:
        notebooks.publish(str(broken), demo_home, {})
    assert "AssertionError" in str(caught.value)
    assert "broken.ipynb, cell" in str(caught.value)
    assert not list((demo_home / "reports" / "notebooks").rglob("*broken*"))


def test_notebook_unknown_or_with_unknown_parameter_hints(demo_home: Path) -> None:
    with pytest.raises(UsageError, match="03_retention"):
        notebooks.publish("retention", demo_home, {})
    with pytest.raises(UsageError, match="did you mean as_of"):
        notebooks.publish("01", demo_home, {"as_off": "2026-03-31"})
    with pytest.raises(UsageError, match="given by --home"):
        notebooks.publish("01", demo_home, {"home": "x"})


def test_notebook_before_any_publication_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NothingPublished, match="salesdesk demo"):
        notebooks.publish("01", tmp_path, {})


def test_open_connection_keeps_its_answers_over_three_publications(demo_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(demo_home, home, symlinks=True)
    with analysis.read(home) as connection:
        before = analysis.query(connection, ["revenue", "receivables"])
        first = str(analysis.about(connection)["run_id"][0])
        salesdesk("build", "--as-of", "2026-08-31", "--home", home)  # a whole run goes through
        assert analysis.query(connection, ["revenue", "receivables"]).equals(before)
        for run_id in ("29990101T000000-aaaaaa", "29990102T000000-bbbbbb"):
            draft = publication.new_draft(Home(home), run_id)
            shutil.copy(home / "warehouse.duckdb", draft)
            publication.publish(Home(home), draft, run_id, keep=2)
            assert analysis.query(connection, ["revenue", "receivables"]).equals(before)
        with analysis.read(home) as newest:
            assert str(analysis.about(newest)["as_of"][0]) == "2026-08-31"
    with pytest.raises(NothingPublished, match="not kept"):
        analysis.read(home, first)


def test_notebook_page_in_a_browser_draws_offline(demo_home: Path, tmp_path: Path) -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no chromium here: apt-get install chromium fonts-noto-cjk")
    page = notebooks.publish("04", demo_home, {})
    drawn = subprocess.run(
        [
            chromium,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            f"--user-data-dir={tmp_path / 'profile'}",
            # no name resolves: what is not in the page is not there
            "--host-resolver-rules=MAP * ~NOTFOUND",
            "--virtual-time-budget=10000",
            "--dump-dom",
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=600,
    ).stdout
    count = len(figures_of(page.read_text(encoding="utf-8")))
    assert drawn.count('data-drawn="1"') == count
    assert drawn.count('class="main-svg"') >= count
    # the seven age buckets of the first figure stand as bars
    assert drawn.count('class="point"') >= 7
