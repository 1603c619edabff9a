"""The index: everything this run published, and the runs before it."""

from __future__ import annotations

from urllib.parse import quote

from pipelines.reporting import periods, words
from pipelines.reporting.facts import RunFacts
from pipelines.reporting.pages.page import Page, as_of_meta
from pipelines.reporting.review import PastRun, ReviewData
from pipelines.reporting.table import Block, Card, Cell, Column, Section, Table, count_cell, words_cell

_PAGES = (
    ("monthly-review.html", "monthly_review"),
    ("monthly-review.lite.html", "monthly_review_lite"),
    ("monthly-review.email.html", "monthly_review_email"),
    ("receivables.html", "receivables"),
    ("daily-desk.html", "daily_desk"),
    ("data-quality.html", "data_quality"),
)
_WORKBOOKS = (
    ("aging.xlsx", "aging"),
    ("worklist.xlsx", "worklist"),
    ("metrics.xlsx", "metrics"),
    ("quarantine.xlsx", "quarantine"),
)
_STATUS = {"published": "ok", "refused": "fa", "failed": "fa"}


def index(
    data: ReviewData, run: RunFacts, statements: tuple[tuple[str, str], ...], kept: frozenset[str]
) -> Page:
    """Return links to every file of the run: pages, workbooks, statements as (file, customer); and earlier runs.

    `kept` are the runs whose folder is still there to link to.
    """
    cards = [_files("pages", _PAGES, 6), _files("workbooks", _WORKBOOKS, 6)]
    if statements:
        cards.append(_statements(statements))
    sections = [Section("files", words.text("section.files"), tuple(cards))]
    if data.runs:
        sections.append(Section("runs", words.text("section.runs"), (_runs(data.runs, run, kept),)))
    return Page("index", words.text("page.index.title"), as_of_meta(run), tuple(sections))


def _files(key: str, files: tuple[tuple[str, str], ...], span: int) -> Card:
    rows = tuple(
        (
            Cell(words.text(f"file.{name}"), "l", link=file, small=words.same(file)),
            Cell(words.text(f"file.{name}_what"), "l wrap"),
        )
        for file, name in files
    )
    columns = (Column(words.text("table.file"), "l"), Column(words.text("table.what"), "l"))
    title = words.text(f"card.files.{key}")
    return Card(key, span, title, blocks=(Block(Table(title, columns, rows)),))


def _statements(files: tuple[tuple[str, str], ...]) -> Card:
    title = words.text("card.files.statements", len(files), n=len(files))
    rows = tuple(
        (Cell(words.same(name), "l name", link=quote(file)), words_cell(file)) for file, name in files
    )
    columns = (Column(words.text("table.customer"), "l"), Column(words.text("table.file"), "l"))
    return Card("statements", 12, title, blocks=(Block(Table(title, columns, rows, is_sortable=True)),))


def _runs(runs: tuple[PastRun, ...], run: RunFacts, kept: frozenset[str]) -> Card:
    rows = []
    for past in runs:
        link = f"../{past.run_id}/index.html" if past.run_id in kept and past.run_id != run.run_id else ""
        known = words.has(f"run.{past.status}")
        status = words.text(f"run.{past.status}") if known else words.same(past.status)
        rows.append(
            (
                Cell(words.same(past.run_id), "l", link=link),
                Cell(periods.day(past.as_of), "l", past.as_of.isoformat() if past.as_of else ""),
                Cell(status, "l", past.status, status=_STATUS.get(past.status, "wa")),
                count_cell(past.rows_read),
                count_cell(past.rows_quarantined),
                words_cell(past.message, "l wrap"),
            )
        )
    headings = ("run", "as_of", "status", "rows_read", "rows_quarantined", "message")
    right = {"rows_read", "rows_quarantined"}
    columns = tuple(Column(words.text(f"table.{key}"), "" if key in right else "l") for key in headings)
    title = words.text("card.files.runs", len(runs), n=len(runs))
    return Card("runs", 12, title, blocks=(Block(Table(title, columns, tuple(rows), is_sortable=True)),))
