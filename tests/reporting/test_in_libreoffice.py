"""The workbooks open in LibreOffice: totals as stored equal their rows, and hostile text stays text."""

from __future__ import annotations

import csv
import shutil
import subprocess
from decimal import Decimal

import pytest

from pipelines import reporting
from tests.reporting.sample import a_refused_row, a_review, a_run

HOSTILE = ("=1+1", "+1", "-1", "@x", '=HYPERLINK("http://x.y")', "http://x.y", "000123", "1.23E+19")
# Every sheet as CSV: commas, quotes, UTF-8, from the first row on, full values, all sheets.
EVERY_SHEET = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"


@pytest.fixture(scope="module")
def sheets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[list[str]]]:
    """Each workbook's sheets as LibreOffice shows them, by `workbook-sheet`."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed (Debian: apt-get install libreoffice-calc-nogui)")
    folder = tmp_path_factory.mktemp("books")
    refused = tuple(a_refused_row(found=text, source_row=row) for row, text in enumerate(HOSTILE, start=2))
    reporting.publish(a_review(quarantine_rows=refused), folder, a_run())
    books = sorted(str(path) for path in (folder / "latest").glob("*.xlsx"))
    made = folder / "csv"
    command = [office, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to"]
    done = subprocess.run(
        [*command, EVERY_SHEET, "--outdir", str(made), *books],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    read = {}
    for path in sorted(made.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            read[path.stem] = list(csv.reader(file))
    return read


def number(text: str) -> Decimal:
    return Decimal(text.replace(",", "") or 0)


@pytest.mark.slow
def test_every_workbook_opens_with_its_notes(sheets: dict[str, list[list[str]]]) -> None:
    opened = {name.split("-")[0] for name in sheets}
    assert opened == {"aging", "worklist", "metrics", "quarantine"}
    assert sum(name.endswith("-说明") for name in sheets) == 4
    wrong = [
        cell for rows in sheets.values() for row in rows for cell in row if cell.startswith(("#", "Err:"))
    ]
    assert wrong == []


@pytest.mark.slow
def test_totals_in_libreoffice_equal_their_rows(sheets: dict[str, list[list[str]]]) -> None:
    tables = [rows for name, rows in sheets.items() if name.startswith("aging-") and "CNY" in name]
    assert len(tables) == 3
    for heading, *body, total in tables:
        assert total[0] == "合计"
        # by rep and by customer amounts begin with what is not due, in the accounts with the opening
        first = heading.index("未到期" if "未到期" in heading else "期初余额")
        for place in range(first, len(heading)):
            assert number(total[place]) == sum((number(row[place]) for row in body), Decimal(0)), heading[
                place
            ]
    # of the sample, by hand: 3,760.6 万 not due and 5,084.1 万 in all
    heading, *_, total = tables[0]
    assert total[heading.index("未到期")] == "37606000"
    assert total[heading.index("应收合计")] == "50841000"


@pytest.mark.slow
def test_hostile_text_in_libreoffice_stays_text(sheets: dict[str, list[list[str]]]) -> None:
    (name,) = [name for name in sheets if name.startswith("quarantine-") and not name.endswith("说明")]
    heading, *rows = sheets[name]
    assert tuple(row[heading.index("实际值")] for row in rows) == HOSTILE
