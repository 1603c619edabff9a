"""What one person gets: a digest for the body of a mail, and the pages and workbooks beside it as bytes."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from pipelines.reporting import books, mail, pages, render, words, workbooks
from pipelines.reporting.facts import RunFacts
from pipelines.reporting.review import ReviewData


@dataclass(frozen=True)
class Sendable:
    """A message in one language: subject, body as HTML and as plain text, files by name."""

    subject: str
    html: str
    text: str
    files: tuple[tuple[str, bytes], ...] = ()


def digest(data: ReviewData, run: RunFacts) -> Sendable:
    """Return the review in a few lines, as a chat shows it."""
    told = mail.of_review(pages.monthly_review(data, run), data, run)
    return Sendable(mail.subject(told, run), "", mail.plain(replace(told, decisions=()), run))


def sendable(
    data: ReviewData, run: RunFacts, names: tuple[str, ...], sales_reps: tuple[str, ...] = ()
) -> Sendable:
    """Return the mail with the pages and workbooks named; for `sales_reps` the data is theirs alone.

    Pages are the editions without script: mail servers turn scripts away.
    """
    files = tuple(_file(name, data, run, sales_reps) for name in names)
    if sales_reps:
        told = mail.of_reps(data, run, sales_reps)
    else:
        told = mail.of_review(pages.monthly_review(data, run), data, run)
    listed = words.joined([words.same(name) for name, _ in files])
    told = replace(told, attached=words.text("mail.attached", names=listed))
    return Sendable(mail.subject(told, run), mail.html(told, run), mail.plain(told, run), files)


def _file(name: str, data: ReviewData, run: RunFacts, sales_reps: tuple[str, ...]) -> tuple[str, bytes]:
    makers = {
        "monthly-review": lambda: pages.monthly_review(data, run),
        "receivables": lambda: pages.receivables_page(data, run, sales_reps),
        "daily-desk": lambda: pages.daily_desk(data, run, sales_reps),
        "data-quality": lambda: pages.data_quality(data, run),
    }
    if name in makers:
        page = render.page(makers[name]().alone(), run, is_interactive=False)
        return f"{name}.html", page.encode()
    file = f"{name}.xlsx"
    with tempfile.TemporaryDirectory(prefix="salesdesk-") as folder:
        path = Path(folder) / file
        workbooks.write(books.books(data, run)[file], path, run)
        return file, path.read_bytes()
