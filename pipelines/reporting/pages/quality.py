"""Data quality: what was refused and why, which rules failed, which published figures changed."""

from __future__ import annotations

from pipelines.reporting import words
from pipelines.reporting.cards import checks, quality, refused_rows
from pipelines.reporting.facts import RunFacts
from pipelines.reporting.pages.page import Page, as_of_meta
from pipelines.reporting.review import ReviewData
from pipelines.reporting.table import Section


def data_quality(data: ReviewData, run: RunFacts) -> Page:
    """Return sources, quarantine, checks and restatements of a run."""
    sections = (
        Section("dq", words.text("section.sources"), (quality.sources(data, run, span=12),)),
        Section(
            "refused",
            words.text("section.refused"),
            (quality.refused(data, run, span=12, most=50), refused_rows.card(data, run)),
        ),
        Section(
            "checks",
            words.text("section.checks"),
            (checks.failed(data, run), checks.by_table(data), checks.trend(data)),
        ),
        Section("restated", words.text("section.restated"), (refused_rows.restatements(data, run),)),
    )
    return Page(
        "data-quality", words.text("page.quality.title"), as_of_meta(run), sections, badge_target="#s-checks"
    )
