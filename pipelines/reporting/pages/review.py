"""The monthly review, for managers."""

from __future__ import annotations

from pipelines.reporting import decisions, messages, periods, phrases, words
from pipelines.reporting.cards import cash, customers, headline, quality, receivables, revenue
from pipelines.reporting.facts import RunFacts
from pipelines.reporting.pages.page import Page, definitions
from pipelines.reporting.review import ReviewData


def monthly_review(data: ReviewData, run: RunFacts) -> Page:
    """Return the review of the month that `run` names."""
    month = periods.month(run.period_start)
    sections = (
        revenue.section(data, run),
        cash.section(data, run),
        customers.section(data, run),
        receivables.section(data, run),
        quality.section(data, run),
    )
    meta = words.text(
        "page.review.meta",
        period=periods.span(run.period_start, run.period_end),
        as_of=periods.day(data.closing.day if data.closing else run.period_end),
        currency=run.base_currency,
    )
    kpis = headline.kpis(data, run)
    return Page(
        "monthly-review",
        words.text("page.review.title", month=month),
        meta,
        sections,
        messages.messages(data, run),
        decisions.decisions(data, run),
        kpis,
        phrases.year_note(data, [kpi.key for kpi in kpis if kpi.moves]),
        definitions(data),
        has_lead=True,
        is_signed=True,
        running=words.text("page.review.running", month=month),
        badge_target="#s-dq",
    )
