from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.reporting.browser import Browser

PAGES = ("monthly-review", "monthly-review.lite", "receivables", "daily-desk", "data-quality", "index")
STATEMENT = "statements/C1"
EDGE = 595 - 12 / 25.4 * 72 + 3  # the right margin of an A4 sheet, in points
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
# tables that a reader at a desk would have to push sideways, in either language
CUT_IN_HALF = """
['zh', 'en'].flatMap(lang => {
  document.getElementById('lang-' + lang).click();
  return [...document.querySelectorAll('.scroll')].filter(box => box.scrollWidth > box.clientWidth + 1)
    .map(box => lang + ' ' + box.closest('.card').id);
})
"""
WIDE = "[...document.querySelectorAll('{which}')].filter(s => s.getBoundingClientRect().width > 100).length"
SHOWN = "[...document.querySelectorAll('h1 span')].filter(s => getComputedStyle(s).display !== 'none').map(s => s.lang)"


def printed(browser: Browser, folder: Path) -> tuple[list[tuple[str, str]], list[float], set[str]]:
    """The sheets of the open page by size, the right edges of all its words, and the words."""
    paper = folder / "printed.pdf"
    paper.write_bytes(browser.pdf())
    boxes = subprocess.run(
        ["pdftotext", "-bbox", str(paper), "-"], capture_output=True, text=True, check=True
    ).stdout
    sheets = re.findall(r'<page width="([\d.]+)" height="([\d.]+)">', boxes)
    edges = [float(edge) for edge in re.findall(r'xMax="([\d.]+)"', boxes)]
    return sheets, edges, set(re.findall(r">([^<]+)</word>", boxes))


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
    if width == 1400:
        assert browser.value(CUT_IN_HALF) == []
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
    table = "document.querySelector('table.aging[data-sortable]')"
    browser.value(f"{table}.querySelectorAll('thead button')[1].focus()")
    browser.press("Enter")
    values = f"[...{table}.tBodies[0].rows].map(r => Number(r.cells[1].dataset.v))"
    assert browser.value(f"{table}.querySelector('[aria-sort]').getAttribute('aria-sort')") == "descending"
    assert browser.value(values) == sorted(browser.value(values), reverse=True)
    browser.press("Enter")
    assert browser.value(values) == sorted(browser.value(values))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "lang"), [*((name, "zh") for name in (*PAGES[1:], STATEMENT)), ("monthly-review.lite", "en")]
)
def test_page_is_accessible_by_axe(browser: Browser, pages: Path, name: str, lang: str) -> None:
    browser.open(pages / f"{name}.html")
    if name != STATEMENT:
        browser.value(f"document.getElementById('lang-{lang}').click()")
    assert browser.axe() == []


@pytest.mark.slow
def test_axe_finds_what_a_bad_page_does_wrong(browser: Browser, tmp_path: Path) -> None:
    bad = tmp_path / "bad.html"
    bad.write_text(
        '<html lang="en"><title>x</title><img src=""><p style="color:#ccc;background:#fff">pale</p>'
    )
    browser.open(bad)
    assert {found.split(":")[0] for found in browser.axe()} == {"image-alt", "color-contrast"}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["receivables", "daily-desk", "data-quality", STATEMENT])
def test_printed_page_has_nothing_cut_off(browser: Browser, pages: Path, tmp_path: Path, name: str) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed (Debian: apt-get install poppler-utils)")
    browser.open(pages / f"{name}.html")
    sheets, edges, _ = printed(browser, tmp_path)
    assert 1 <= len(sheets) <= 8
    assert max(edges) <= EDGE


@pytest.mark.slow
def test_printed_table_has_its_head_again_on_every_sheet(
    browser: Browser, pages: Path, tmp_path: Path
) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed (Debian: apt-get install poppler-utils)")
    browser.open(pages / "receivables.html")
    browser.value(
        "(() => { const body = document.querySelector('#card-customers-cny tbody'), row = body.rows[0];"
        " for (let n = 0; n < 150; n++) { body.appendChild(row.cloneNode(true)).cells[0].textContent = 'LONG'; }"
        " document.querySelector('#card-customers-cny').classList.add('long'); })()"
    )
    paper = tmp_path / "printed.pdf"
    paper.write_bytes(browser.pdf())
    text = subprocess.run(
        ["pdftotext", "-layout", str(paper), "-"], capture_output=True, text=True, check=True
    )

    sheets = [sheet for sheet in text.stdout.split("\f") if "LONG" in sheet]

    assert len(sheets) >= 3
    assert all("应收合计" in sheet and "逾期占比" in sheet for sheet in sheets)


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_printed_review_is_a_few_full_sheets_with_nothing_cut_off(
    browser: Browser, pages: Path, tmp_path: Path, lang: str
) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed (Debian: apt-get install poppler-utils)")
    browser.open(pages / "monthly-review.html")
    browser.value(f"document.getElementById('lang-{lang}').click()")
    sheets, edges, words = printed(browser, tmp_path)
    assert 3 <= len(sheets) <= 6
    assert all(abs(float(width) - 595) < 1 and abs(float(height) - 842) < 1 for width, height in sheets)
    assert max(edges) <= EDGE
    assert {"5,084.1" if lang == "zh" else "50,841", "26.0%"} <= words
    assert {str(number) for number in range(1, len(sheets) + 1)} <= words  # page numbers
