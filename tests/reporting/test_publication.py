from __future__ import annotations

import re
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines import reporting
from pipelines.reporting import mail, pages, publication, render, workbooks
from pipelines.reporting.receivable_sheets import accounts
from pipelines.reporting.statements import account_pages, statement_file
from tests.reporting.sample import a_refused_row, a_review, a_run
from tests.reporting.sample_statement import a_statement

D = Decimal


def test_publish_writes_every_file_and_moves_the_link(tmp_path: Path) -> None:
    written = reporting.publish(a_review(), tmp_path, a_run(), [a_statement()])
    names = {path.relative_to(tmp_path / "20261102-0730").as_posix() for path in written}
    assert names == {
        "index.html",
        "monthly-review.html",
        "monthly-review.lite.html",
        "monthly-review.email.html",
        "receivables.html",
        "daily-desk.html",
        "data-quality.html",
        "aging.xlsx",
        "worklist.xlsx",
        "metrics.xlsx",
        "quarantine.xlsx",
        "statements/C1.html",
    }
    assert (tmp_path / "latest").resolve() == (tmp_path / "20261102-0730").resolve()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["20261102-0730", "latest"]


def test_make_ready_compiles_the_templates_that_pages_need() -> None:
    publication.make_ready()
    compiled = {name for _, name in render.environment().cache or {}}
    assert compiled >= {"page.html.j2", "statement.html.j2", "email.html.j2"}


def test_publish_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    first = {p.name: p.read_bytes() for p in reporting.publish(a_review(), tmp_path, a_run())}
    second = {p.name: p.read_bytes() for p in reporting.publish(a_review(), tmp_path, a_run())}
    assert first == second


def test_publish_that_fails_leaves_the_former_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reporting.publish(a_review(), tmp_path, a_run(run_id="a"))

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(workbooks, "write", fail)
    with pytest.raises(OSError, match="disk full"):
        reporting.publish(a_review(), tmp_path, a_run(run_id="b"))
    assert (tmp_path / "latest").resolve().name == "a"
    assert not (tmp_path / "b").exists()


def test_publish_keeps_the_last_runs_only_and_what_is_no_run(tmp_path: Path) -> None:
    (tmp_path / "statements").mkdir()
    for run_id in ("20260101T000000-a", "20260102T000000-a", "20260103T000000-a"):
        reporting.publish(a_review(), tmp_path, a_run(run_id=run_id), keep=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "20260102T000000-a",
        "20260103T000000-a",
        "latest",
        "statements",
    ]


def test_mail_is_small_and_has_no_link_script_or_style_sheet() -> None:
    review = pages.monthly_review(a_review(), a_run())
    for lang in ("zh", "en"):
        html = mail.html(mail.of_review(review, a_review(), a_run()), a_run(lang=lang))
        assert len(html.encode()) <= 100_000
        assert "<script" not in html
        assert "<style" not in html
        assert "<svg" not in html


def test_statement_runs_from_opening_to_closing() -> None:
    (part,) = account_pages(a_statement(), "某公司")
    # 40.00 + 113.00 - 50.00 - 3.00 = 100.00
    assert "100.00" in part.heading.zh
    assert [row[-1].text.zh for row in part.documents.rows] == ["40.00", "153.00", "103.00", "100.00"]
    assert [cell.text.zh for cell in part.documents.foot[0][-3:]] == ["113.00", "53.00", "100.00"]
    assert [cell.text.zh for cell in part.summary.rows[0]] == [
        "40.00",
        "113.00",
        "-3.00",
        "-50.00",
        "100.00",
        "0.00",
    ]
    assert part.is_tied


@pytest.mark.parametrize(
    "number",
    [
        "../../etc/passwd",
        "a/b",
        "",
        "A:B",
        "x" * 300,
        "客" * 90,
        " . ",
        "nul.1",
        "a\u202eb\n",
        "C1 ",
        ".C1",
        "e\u0301",
    ],
    ids=range(12),
)
def test_statement_file_of_any_number_is_a_plain_name_of_its_own(number: str) -> None:
    name = statement_file(a_statement(number))
    assert name.startswith("statements/")
    assert ".." not in name
    assert name.count("/") == 1
    assert re.search(r"-[0-9a-f]{8}\.html$", name)
    assert len(name.encode()) < 210


@pytest.mark.parametrize("number", ["上海（电）1号店", "ACME Ltd.1", "C#1 50%", "ÄÖ-1", "c_1"], ids=range(5))
def test_statement_file_keeps_what_every_system_can_write(number: str) -> None:
    assert statement_file(a_statement(number)) == f"statements/{number}.html"


def test_statement_files_of_numbers_that_look_alike_differ() -> None:
    assert statement_file(a_statement("a/b")) != statement_file(a_statement("a_b"))


def cells_of(path: Path, sheet: str = "") -> list[list[Any]]:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(path)
    found = book.get_sheet_by_name(sheet) if sheet else book.get_sheet_by_index(0)
    rows: list[list[Any]] = found.to_python()
    return rows


def test_workbook_of_aging_has_exact_totals_before_recalculation(tmp_path: Path) -> None:
    reporting.publish(a_review(), tmp_path, a_run())
    rows = cells_of(tmp_path / "latest" / "aging.xlsx")
    assert rows[0][:3] == ["编码", "客户", "未到期"]
    # not due of the sample: 651.4 + 989.5 + 601.0 + 421.2 + 634.5 + 463.0 = 3,760.6
    assert rows[-1][0] == "合计"
    assert rows[-1][2] == 37_606_000.0
    assert rows[-1][-2] == 50_841_000.0
    # Opening, invoiced, credited, collected, refunded, adjusted, closing, open items, difference.
    accounts = cells_of(tmp_path / "latest" / "aging.xlsx", "核对 CNY")
    assert accounts[1][2:] == [100_000, 50_000, -5_000, -60_000, 1_000, -2_000, 84_000, 84_000, 0]
    differences = cells_of(tmp_path / "latest" / "aging.xlsx", "总账差异")
    assert [row[5] for row in differences[1:]] == [20_000, -5]
    assert differences[1][-1] == "I1 · I2 · 另 4 张"
    holds = cells_of(tmp_path / "latest" / "worklist.xlsx", "停货客户")
    assert [row[3] for row in holds[1:]] == ["停货，转法务；提请计提", "欠款超过信用额度", ""]


def test_accounts_beyond_the_largest_stand_in_one_row() -> None:
    (cny, _) = accounts(a_review(), "en", most=1)
    # The larger opening first: 200,000, all of it paid.
    assert [row[:3] for row in cny.rows] == [("C0002", "", 200_000), ("", "1 other customer", 100_000)]
    assert cny.rows[1][-3:] == (84_000, 84_000, 0)


def test_workbook_keeps_text_as_text(tmp_path: Path) -> None:
    refused = tuple(
        a_refused_row(found=text, document_key="000123", source_row=row)
        for row, text in enumerate(["=1+1", "+1", "-1", "@x", "http://x.y", "1.23E+19", "\t=1"], start=2)
    )
    reporting.publish(a_review(quarantine_rows=refused), tmp_path, a_run())
    path = tmp_path / "latest" / "quarantine.xlsx"
    rows = cells_of(path)
    assert [row[6] for row in rows[1:]] == ["=1+1", "+1", "-1", "@x", "http://x.y", "1.23E+19", "\t=1"]
    assert {row[4] for row in rows[1:]} == {"000123"}
    with zipfile.ZipFile(path) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
        assert "xl/worksheets/_rels/sheet1.xml.rels" in archive.namelist()  # the table, and no hyperlink
        assert b"hyperlink" not in archive.read("xl/worksheets/_rels/sheet1.xml.rels")


def test_workbooks_without_rows_open_and_say_why(tmp_path: Path) -> None:
    from pipelines.reporting.review import ReviewData

    reporting.publish(ReviewData(), tmp_path, a_run())
    for name in ("aging", "worklist", "metrics", "quarantine"):
        rows = cells_of(tmp_path / "latest" / f"{name}.xlsx")
        assert rows
        assert not [row for row in rows if "合计" in row]  # nothing to total
