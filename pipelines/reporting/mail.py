"""The e-mail edition: the monthly review as a digest in tables with inline styles, in one language."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pipelines.reporting import buckets, numbers, palette, phrases, render, words
from pipelines.reporting.cards.headline import Kpi
from pipelines.reporting.decisions import Decision
from pipelines.reporting.facts import RunFacts
from pipelines.reporting.messages import Message
from pipelines.reporting.pages import Page
from pipelines.reporting.review import ReviewData
from pipelines.reporting.table import percent_of
from pipelines.reporting.words import EMPTY, Text

_MONTHS = 7
_CUSTOMERS = 5
_LONGEST = 60  # a mail's table is narrow


@dataclass(frozen=True)
class Strip:
    """One bar: its label, length as a percentage, colour and value."""

    month: str
    label: Text
    percent: int
    colour: str
    value: Text


@dataclass(frozen=True)
class Debtor:
    """One overdue customer."""

    name: str
    amount: Text
    oldest: Text


@dataclass(frozen=True)
class Mail:
    """Everything in the mail."""

    title: Text
    meta: Text
    badge: Text
    kpis: tuple[Kpi, ...]
    messages: tuple[Message, ...]
    decisions: tuple[Decision, ...]
    bars: tuple[Strip, ...] = ()
    bars_title: Text = EMPTY
    mix: tuple[Strip, ...] = ()
    mix_title: Text = EMPTY
    overdue: tuple[Debtor, ...] = ()
    overdue_title: Text = EMPTY


def mail(review: Page, data: ReviewData, run: RunFacts) -> Mail:
    """Return the digest of a monthly review."""
    bars, bars_title = _bars(data, run)
    mix, mix_title = _mix(data, run)
    overdue = _overdue(data, run)
    return Mail(
        review.title,
        review.meta,
        words.text(f"badge.{run.badge.status}"),
        review.kpis,
        review.messages,
        review.decisions,
        bars,
        bars_title,
        mix,
        mix_title,
        overdue,
        words.text("mail.overdue", len(overdue), n=len(overdue)) if overdue else EMPTY,
    )


def html(review: Page, data: ReviewData, run: RunFacts, lang: str) -> str:
    """Return the mail as HTML in one language."""
    verdicts = {name: palette.of_verdict(name) for name in ("fav", "adv", "neu")}
    template = render.environment().get_template("email.html.j2")
    font = palette.FONT.replace('"', "'")
    return template.render(mail=mail(review, data, run), run=run, lang=lang, verdicts=verdicts, font=font)


def _bars(data: ReviewData, run: RunFacts) -> tuple[tuple[Strip, ...], Text]:
    line = data.metrics.get("revenue")
    if line is None or not line.history:
        return (), EMPTY
    points = line.history[-_MONTHS:]
    unit = numbers.table_unit([point.value for point in points], run.base_currency)
    most = max((abs(point.value) for point in points if point.value is not None), default=Decimal(0))
    strips = tuple(
        Strip(
            f"{point.period_start:%Y-%m}",
            EMPTY,
            percent_of(max(point.value or Decimal(0), Decimal(0)), most),
            palette.ACTUAL if point is points[-1] else palette.PRIOR,
            unit.of(point.value),
        )
        for point in points
    )
    label = phrases.label_of(data, "revenue")
    return strips, words.text("mail.revenue", len(points), label=label, n=len(points), unit=unit.label)


def _mix(data: ReviewData, run: RunFacts) -> tuple[tuple[Strip, ...], Text]:
    if not data.aging_months:
        return (), EMPTY
    amounts = data.aging_months[-1].amounts
    balance = sum(amounts, Decimal(0))
    owed = sum((max(amount, Decimal(0)) for amount in amounts), Decimal(0))
    unit = numbers.table_unit([balance], run.base_currency)
    labels = buckets.labels(data.bounds, run.aging_basis)
    strips = tuple(
        Strip(
            "",
            label,
            percent_of(max(amount, Decimal(0)), owed),
            palette.aging(number, len(amounts)),
            unit.of(amount),
        )
        for number, (label, amount) in enumerate(zip(labels, amounts, strict=True))
    )
    return strips, words.text("mail.aging", amount=numbers.money(balance, run.base_currency), unit=unit.label)


def _overdue(data: ReviewData, run: RunFacts) -> tuple[Debtor, ...]:
    rows = data.closing.overdue if data.closing else ()
    here = [row for row in rows if row.currency == run.base_currency and row.overdue > 0]
    largest = sorted(here, key=lambda row: (-row.overdue, row.customer_id))[:_CUSTOMERS]
    return tuple(
        Debtor(
            _cut(row.customer_name or row.customer_id),
            numbers.money(row.overdue, run.base_currency),
            numbers.days(row.oldest_days),
        )
        for row in largest
    )


def _cut(name: str) -> str:
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
