"""All pages and workbooks of one run, written beside the others, then shown by moving one link."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from pipelines.reporting import books, mail, pages, render, words, workbooks
from pipelines.reporting.facts import RunFacts
from pipelines.reporting.review import ReviewData
from pipelines.reporting.statements import Statement, statement_file

LATEST = "latest"


@cache
def make_ready() -> None:
    """Import what pages and workbooks are made with, and compile the templates; making the first page would do it."""
    import xlsxwriter  # noqa: F401

    for lang in words.LANGUAGES:
        words.locale(lang)
    for name in ("page.html.j2", "statement.html.j2", "email.html.j2"):
        render.environment().get_template(name)


def publish(
    data: ReviewData,
    home_reports: Path,
    run: RunFacts,
    statements: Iterable[Statement] = (),
    keep: int = 24,
) -> list[Path]:
    """Write the pages of a run to `home_reports/<run_id>` and point `home_reports/latest` at them.

    The folder appears whole: it is filled under another name and renamed, then the link is replaced in one step. A
    run that is published again replaces its own folder. Of earlier runs the last `keep` folders stay. Returns the
    files written.
    """
    home_reports.mkdir(parents=True, exist_ok=True)
    draft = home_reports / f".{run.run_id}.draft"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    kept = frozenset(path.name for path in _folders(home_reports)[: keep - 1]) | {run.run_id}
    for name, write in _files(data, run, statements, kept).items():
        target = draft / name
        target.parent.mkdir(parents=True, exist_ok=True)
        write(target)
    written = sorted(path.relative_to(draft) for path in draft.rglob("*") if path.is_file())
    final = home_reports / run.run_id
    if final.exists():
        shutil.rmtree(final)
    draft.rename(final)
    _point(home_reports / LATEST, run.run_id)
    for old in _folders(home_reports)[keep:]:
        shutil.rmtree(old)
    return [final / path for path in written]


def _folders(home_reports: Path) -> list[Path]:
    """Return the folders of runs, the latest first: run ids begin with their time; other folders are not runs."""
    folders = [
        path
        for path in home_reports.iterdir()
        if path.is_dir() and not path.is_symlink() and path.name[0].isdigit()
    ]
    return sorted(folders, key=lambda path: path.name, reverse=True)


def _point(link: Path, target: str) -> None:
    """Replace the link in one step; readers see the old folder or the new one, never none."""
    fresh = link.with_name(f".{link.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target, target_is_directory=True)
    fresh.replace(link)


def _files(
    data: ReviewData, run: RunFacts, statements: Iterable[Statement], kept: frozenset[str]
) -> dict[str, Callable[[Path], None]]:
    review = pages.monthly_review(data, run)
    written = {statement_file(one): one for one in statements}
    listed = tuple((name, one.customer_name or one.customer_id) for name, one in written.items())
    others = {
        "index": pages.index(data, run, listed, kept),
        "receivables": pages.receivables_page(data, run),
        "daily-desk": pages.daily_desk(data, run),
        "data-quality": pages.data_quality(data, run),
    }
    return {
        "monthly-review.html": _text(lambda: render.page(review, run, is_interactive=True)),
        "monthly-review.lite.html": _text(lambda: render.page(review, run, is_interactive=False)),
        "monthly-review.email.html": _text(lambda: mail.html(mail.of_review(review, data, run), run)),
        **{f"{name}.html": _page(page, run) for name, page in others.items()},
        **{name: _book(book, run) for name, book in books.books(data, run).items()},
        **{name: _statement(one, run) for name, one in written.items()},
    }


def _page(page: pages.Page, run: RunFacts) -> Callable[[Path], None]:
    # without charts of their own these need no plotly: a static chart and sortable tables do
    return _text(lambda: render.page(page, run, is_interactive=False, has_sorting=True))


def _book(book: workbooks.Book, run: RunFacts) -> Callable[[Path], None]:
    return lambda path: workbooks.write(book, path, run)


def _statement(one: Statement, run: RunFacts) -> Callable[[Path], None]:
    return _text(lambda: render.statement(one, run))


def _text(make: Callable[[], str]) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_text(make(), encoding="utf-8", newline="\n")

    return write
