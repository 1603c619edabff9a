"""Receivables and collections: weekly, as of the day of the run."""

from __future__ import annotations

from dataclasses import replace

from pipelines.reporting import words
from pipelines.reporting.cards import accounts, cash, certainty, forecast, holds, receivables, speed, worklist
from pipelines.reporting.facts import RunFacts
from pipelines.reporting.pages.page import Page, as_of_meta, definitions
from pipelines.reporting.review import ReviewData
from pipelines.reporting.table import Section

_METRICS = ("receivables", "overdue", "overdue_share", "invoiced", "collected")


def receivables_page(data: ReviewData, run: RunFacts, sales_reps: tuple[str, ...] = ()) -> Page:
    """Return what is open, how old it is, what falls due, and whom to ask for it.

    For `sales_reps` the data is theirs alone: roll-forward, speed, expected loss, guesses and the ledger are the whole
    company's and left out.
    """
    rest = () if sales_reps else (receivables.roll_forward(data, run),)
    pace = () if sales_reps else (speed.outstanding(data, run), speed.losses(data, run))
    ahead = () if sales_reps else (forecast.card(data, run),)
    sure = () if sales_reps else (certainty.guesses(data, run, span=12), *certainty.ledger(data))
    trend = receivables.trend(data, run)
    overview = Section(
        "ar",
        words.text("section.receivables"),
        (
            replace(trend, span=12) if sales_reps else trend,
            *rest,
            *pace,
            cash.due(data, run, span=12 if sales_reps else 6),
            *ahead,
            *sure,
        ),
    )
    who = Section(
        "who",
        words.text("section.who_owes"),
        (
            *receivables.by_rep(data.current, data.bounds, run),
            *receivables.by_customer(data.current, data.bounds, run),
            *accounts.cards(data, run),
        ),
    )
    to_do = (*worklist.cards(data.current, run), holds.card(data, run))
    work = Section("work", words.text("section.collections"), to_do)
    return Page(
        "receivables",
        words.text("page.receivables.title"),
        as_of_meta(run, sales_reps),
        (overview, who, work),
        definitions=definitions(data, _METRICS),
    )
