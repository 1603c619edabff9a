"""The pages of one run, each a title, a lead and numbered sections of cards."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.reporting import decisions, messages, periods, words
from pipelines.reporting.cards import cash, customers, headline, quality, receivables, revenue
from pipelines.reporting.decisions import Decision
from pipelines.reporting.facts import RunFacts
from pipelines.reporting.messages import Message
from pipelines.reporting.review import Definition, ReviewData
from pipelines.reporting.table import Section
from pipelines.reporting.words import EMPTY, Text


@dataclass(frozen=True)
class Page:
    """Everything a template needs to lay out one page."""

    name: str
    title: Text
    meta: Text
    sections: tuple[Section, ...]
    messages: tuple[Message, ...] = ()
    decisions: tuple[Decision, ...] = ()
    kpis: tuple[headline.Kpi, ...] = ()
    definitions: tuple[tuple[str, Definition], ...] = ()
    has_lead: bool = False
    is_signed: bool = False
    running: Text = EMPTY
    badge_target: str = "#s-dq"


def monthly_review(data: ReviewData, run: RunFacts) -> Page:
    """Return the monthly review for managers."""
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
        as_of=periods.day(run.as_of),
        currency=words.text("page.currency", code=run.base_currency),
    )
    return Page(
        "monthly-review",
        words.text("page.review.title", month=month),
        meta,
        sections,
        messages.messages(data, run),
        decisions.decisions(data, run),
        headline.kpis(data, run),
        definitions(data),
        has_lead=True,
        is_signed=True,
        running=words.text("page.review.running", month=month),
    )


def definitions(data: ReviewData) -> tuple[tuple[str, Definition], ...]:
    """Return the definitions with their marks."""
    return tuple((headline.numeral(index), definition) for index, definition in enumerate(data.definitions))
