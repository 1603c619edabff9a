"""The daily desk: what the back office does today, the most urgent first."""

from __future__ import annotations

from pipelines.reporting import words
from pipelines.reporting.cards import desk, issues, worklist
from pipelines.reporting.facts import RunFacts
from pipelines.reporting.pages.page import Page, as_of_meta
from pipelines.reporting.review import ReviewData
from pipelines.reporting.table import Section


def daily_desk(data: ReviewData, run: RunFacts, sales_reps: tuple[str, ...] = ()) -> Page:
    """Return the quadrants, then one list a kind of task; for `sales_reps` the data is theirs alone."""
    papers = (*issues.cards(data, run), *desk.lists(data, ("to_invoice", "contract_ending")))
    sections = (
        Section("quad", words.text("section.quadrants"), desk.quadrants(data, run)),
        Section("follow", words.text("section.follow_up"), worklist.cards(data.current, run, most=20)),
        Section("orders", words.text("section.open_orders"), desk.lists(data, ("late_order", "exception"))),
        Section(
            "papers",
            words.text("section.papers"),
            papers,
        ),
    )
    return Page("daily-desk", words.text("page.desk.title"), as_of_meta(run, sales_reps), sections)
