from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines import reporting
from tests.reporting.browser import Browser, chromium
from tests.reporting.sample import a_review, a_run

PAGES = ("monthly-review", "monthly-review.lite", "receivables", "daily-desk", "data-quality", "index")
# what sticks out of the window, and what sticks out of its card where it can't be scrolled
OVERFLOWING = """
(() => {
  const found = [];
  const wide = document.documentElement.scrollWidth;
  if (wide > window.innerWidth) { found.push('page ' + wide); }
  document.querySelectorAll('.card').forEach(card => {
    const edge = card.getBoundingClientRect().right + 1;
    card.querySelectorAll('*').forEach(each => {
      if (each.closest('.scroll, .vh, svg') || getComputedStyle(each).position === 'absolute') { return; }
      const box = each.getBoundingClientRect();
      if (box.width > 0 && box.right > edge) { found.push(card.id + ' ' + each.tagName + ' ' + box.right); }
    });
  });
  return found.slice(0, 5);
})()
"""
WIDE = "[...document.querySelectorAll('{which}')].filter(s => s.getBoundingClientRect().width > 100).length"
SHOWN = "[...document.querySelectorAll('h1 span')].filter(s => getComputedStyle(s).display !== 'none').map(s => s.lang)"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    chromium()
    folder = tmp_path_factory.mktemp("reports")
    reporting.publish(a_review(), folder, a_run())
    return folder / "latest"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium()
    pytest.importorskip("websockets", reason="the browser is driven over a web socket")
    with Browser() as opened:
        yield opened


@pytest.mark.slow
@pytest.mark.parametrize("width", [1400, 390])
@pytest.mark.parametrize("name", PAGES)
def test_page_in_a_browser_asks_for_nothing_and_fits(
    browser: Browser, pages: Path, name: str, width: int
) -> None:
    browser.requests.clear()
    browser.problems.clear()
    path = pages / f"{name}.html"
    browser.open(path, width)
    assert browser.value(OVERFLOWING) == []
    assert browser.requests == [path.as_uri()]
    assert browser.problems == []


@pytest.mark.slow
def test_charts_in_a_browser_are_drawn_by_plotly_in_both_languages(browser: Browser, pages: Path) -> None:
    browser.open(pages / "monthly-review.html")
    drawn = WIDE.format(which=".plot .main-svg")
    assert browser.value(drawn) >= 5
    browser.value("document.getElementById('lang-en').click()")
    assert browser.value(SHOWN) == ["en"]
    assert browser.value(drawn) >= 5
    assert browser.value("document.documentElement.lang") == "en"


@pytest.mark.slow
def test_page_without_scripts_shows_charts_and_switches_language(browser: Browser, pages: Path) -> None:
    browser.open(pages / "monthly-review.html", has_script=False)
    visible = WIDE.format(which=".v-screen")
    assert browser.value(visible) == 5
    assert browser.value(SHOWN) == ["zh-CN"]
    browser.value("document.querySelector('label[for=lang-en]').click()")
    assert browser.value(SHOWN) == ["en"]


@pytest.mark.slow
def test_language_is_switched_by_keyboard(browser: Browser, pages: Path) -> None:
    browser.open(pages / "monthly-review.lite.html")
    browser.press("Tab")
    assert browser.value("document.activeElement.id") == "lang-zh"
    browser.press("ArrowRight")
    assert browser.value("document.activeElement.id") == "lang-en"
    assert browser.value(SHOWN) == ["en"]


@pytest.mark.slow
def test_table_is_sorted_by_keyboard(browser: Browser, pages: Path) -> None:
    browser.open(pages / "receivables.html")
    table = "document.querySelector('table[data-sortable]')"
    browser.value(f"{table}.querySelectorAll('thead button')[1].focus()")
    browser.press("Enter")
    values = f"[...{table}.tBodies[0].rows].map(r => Number(r.cells[1].dataset.v))"
    assert browser.value(f"{table}.querySelector('[aria-sort]').getAttribute('aria-sort')") == "descending"
    assert browser.value(values) == sorted(browser.value(values), reverse=True)
    browser.press("Enter")
    assert browser.value(values) == sorted(browser.value(values))


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_printed_review_is_a_few_full_sheets_with_nothing_cut_off(
    browser: Browser, pages: Path, tmp_path: Path, lang: str
) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed (Debian: apt-get install poppler-utils)")
    browser.open(pages / "monthly-review.html")
    browser.value(f"document.getElementById('lang-{lang}').click()")
    printed = tmp_path / "review.pdf"
    printed.write_bytes(browser.pdf())
    boxes = subprocess.run(
        ["pdftotext", "-bbox", str(printed), "-"], capture_output=True, text=True, check=True
    ).stdout
    sheets = re.findall(r'<page width="([\d.]+)" height="([\d.]+)">', boxes)
    assert 3 <= len(sheets) <= 6
    assert all(abs(float(width) - 595) < 1 and abs(float(height) - 842) < 1 for width, height in sheets)
    edges = [float(edge) for edge in re.findall(r'xMax="([\d.]+)"', boxes)]
    assert max(edges) <= 595 - 12 / 25.4 * 72 + 3
    words = set(re.findall(r">([^<]+)</word>", boxes))
    assert {"5,084.1" if lang == "zh" else "50,841", "26.0%"} <= words
    assert {str(number) for number in range(1, len(sheets) + 1)} <= words  # page numbers
