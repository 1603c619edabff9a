"""All pages and workbooks of one run, written beside the others, then shown by moving one link."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from pipelines.reporting import render, site
from pipelines.reporting.facts import RunFacts
from pipelines.reporting.review import ReviewData

LATEST = "latest"


def publish(data: ReviewData, home_reports: Path, run: RunFacts) -> list[Path]:
    """Write the pages of a run to `home_reports/<run_id>` and point `home_reports/latest` at them.

    The folder appears whole: it is filled under another name and renamed, then the link is replaced in one step. A
    run that is published again replaces its own folder. Returns the files, as paths below the run's folder.
    """
    home_reports.mkdir(parents=True, exist_ok=True)
    draft = home_reports / f".{run.run_id}.draft"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    for name, write in _files(data, run).items():
        target = draft / name
        target.parent.mkdir(parents=True, exist_ok=True)
        write(target)
    written = sorted(path.relative_to(draft) for path in draft.rglob("*") if path.is_file())
    final = home_reports / run.run_id
    if final.exists():
        shutil.rmtree(final)
    draft.rename(final)
    _point(home_reports / LATEST, run.run_id)
    return [final / path for path in written]


def _point(link: Path, target: str) -> None:
    """Replace the link in one step; readers see the old folder or the new one, never none."""
    fresh = link.with_name(f".{link.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target, target_is_directory=True)
    fresh.replace(link)


def _files(data: ReviewData, run: RunFacts) -> dict[str, Callable[[Path], None]]:
    review = site.monthly_review(data, run)
    return {
        "monthly-review.html": _text(lambda: render.page(review, run, is_interactive=True)),
        "monthly-review.lite.html": _text(lambda: render.page(review, run, is_interactive=False)),
    }


def _text(make: Callable[[], str]) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_text(make(), encoding="utf-8", newline="\n")

    return write
