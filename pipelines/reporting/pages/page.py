"""What a template needs to lay out one page."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipelines.reporting import periods, words
from pipelines.reporting.cards.headline import Kpi, numeral
from pipelines.reporting.decisions import Decision
from pipelines.reporting.facts import RunFacts
from pipelines.reporting.messages import Message
from pipelines.reporting.review import Definition, ReviewData
from pipelines.reporting.table import Section
from pipelines.reporting.words import EMPTY, Text


@dataclass(frozen=True)
class Page:
    """Everything on one page. `badge_target` is where a click on the data badge leads.

    A page that `stands_alone` links to no other file.
    """

    name: str
    title: Text
    meta: Text
    sections: tuple[Section, ...]
    messages: tuple[Message, ...] = ()
    decisions: tuple[Decision, ...] = ()
    kpis: tuple[Kpi, ...] = ()
    kpi_note: Text = EMPTY
    definitions: tuple[tuple[str, Definition], ...] = ()
    has_lead: bool = False
    is_signed: bool = False
    running: Text = EMPTY
    badge_target: str = "data-quality.html"
    stands_alone: bool = False

    def alone(self) -> Page:
        """Return the page without links to files that do not come with it, as when it is sent."""
        target = self.badge_target if self.badge_target.startswith("#") else "#main"
        return replace(self, badge_target=target, stands_alone=True)


def as_of_meta(run: RunFacts, sales_reps: tuple[str, ...] = ()) -> Text:
    """Return the line below the title of a page about one day, and whose it is when not everyone's."""
    about = words.text("page.as_of_meta", as_of=periods.day(run.as_of), currency=run.base_currency)
    if not sales_reps:
        return about
    names = words.joined([words.same(name) for name in sales_reps])
    return words.text("page.of_reps", about=about, names=names)


def definitions(data: ReviewData, names: tuple[str, ...] = ()) -> tuple[tuple[str, Definition], ...]:
    """Return the definitions with their marks; those named, or all."""
    return tuple(
        (numeral(index), definition)
        for index, definition in enumerate(data.definitions)
        if not names or definition.name in names
    )
