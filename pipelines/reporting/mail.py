"""The e-mail edition: a digest in tables with inline styles, in one language, and the same as plain text."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pipelines.reporting import buckets, numbers, palette, periods, phrases, render, words
from pipelines.reporting.cards.headline import Kpi
from pipelines.reporting.decisions import Decision
from pipelines.reporting.facts import RunFacts
from pipelines.reporting.messages import Message
from pipelines.reporting.pages import Page
from pipelines.reporting.pages.page import as_of_meta
from pipelines.reporting.review import ReviewData
from pipelines.reporting.table import percent_of
from pipelines.reporting.words import EMPTY, Text

_MONTHS = 7
_CUSTOMERS = 5
_TASKS = ("late_order", "exception", "to_invoice", "contract_ending")
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
    kpi_note: Text
    messages: tuple[Message, ...]
    decisions: tuple[Decision, ...]
    bars: tuple[Strip, ...] = ()
    bars_title: Text = EMPTY
    mix: tuple[Strip, ...] = ()
    mix_title: Text = EMPTY
    overdue: tuple[Debtor, ...] = ()
    overdue_title: Text = EMPTY
    attached: Text = EMPTY


def of_review(review: Page, data: ReviewData, run: RunFacts) -> Mail:
    """Return the digest of a monthly review."""
    bars, bars_title = _bars(data, run)
    mix, mix_title = _mix(data, run)
    overdue = _overdue(data, run)
    return Mail(
        review.title,
        review.meta,
        words.text(f"badge.{run.badge.status}"),
        review.kpis,
        review.kpi_note,
        review.messages,
        review.decisions,
        bars,
        bars_title,
        mix,
        mix_title,
        overdue,
        words.text("mail.overdue", len(overdue), n=len(overdue)) if overdue else EMPTY,
    )


def of_reps(data: ReviewData, run: RunFacts, sales_reps: tuple[str, ...]) -> Mail:
    """Return the digest of what some sales reps have open and to do, from data that is theirs alone."""
    names = words.joined([words.same(name) for name in sales_reps])
    mix, mix_title = _mix(data, run)
    overdue = _overdue(data, run)
    tasks = {kind: [item for item in data.desk if item.kind == kind] for kind in _TASKS}
    parts = [
        words.text("mail.task", name=words.text(f"task.{kind}"), n=len(found))
        for kind, found in tasks.items()
        if found
    ]
    told = (
        words.text("mail.tasks", len(data.desk), n=len(data.desk), parts=words.joined(parts))
        if parts
        else EMPTY
    )
    return Mail(
        words.text("mail.of_reps", names=names),
        as_of_meta(run),
        words.text(f"badge.{run.badge.status}"),
        _rep_figures(data, run),
        EMPTY,
        (Message(told, "neu", Decimal(0), "tasks"),) if parts else (),
        (),
        mix=mix,
        mix_title=mix_title,
        overdue=overdue,
        overdue_title=words.text("mail.overdue", len(overdue), n=len(overdue)) if overdue else EMPTY,
    )


def _rep_figures(data: ReviewData, run: RunFacts) -> tuple[Kpi, ...]:
    """Return what is open and overdue of the base currency; nothing where nothing is open."""
    rows = [row for row in data.current.by_rep if row.currency == run.base_currency] if data.current else []
    if not rows:
        return ()
    total, late = (sum((getattr(row, name) for row in rows), Decimal(0)) for name in ("total", "overdue"))
    figures = (
        ("receivable", numbers.money_parts(total, run.base_currency)),
        ("overdue_short", numbers.money_parts(late, run.base_currency)),
        ("share", numbers.rate_parts(late / total if total > 0 else None)),
    )
    return tuple(Kpi(key, words.text(f"mail.{key}"), "", parts, (), "", EMPTY) for key, parts in figures)


def html(told: Mail, run: RunFacts) -> str:
    """Return the mail as HTML in the run's language."""
    verdicts = {name: palette.of_verdict(name) for name in ("fav", "adv", "neu")}
    template = render.environment().get_template("email.html.j2")
    font = palette.FONT.replace('"', "'")
    return template.render(mail=told, run=run, lang=run.lang, verdicts=verdicts, font=font)


def subject(told: Mail, run: RunFacts) -> str:
    """Return the mail's subject in the run's language."""
    return words.text("mail.subject", title=told.title, as_of=periods.day(run.as_of)).of(run.lang)


def plain(told: Mail, run: RunFacts) -> str:
    """Return the mail as plain text in the run's language: for chats, and for who reads no HTML."""
    lines = [told.title, words.joined([told.meta, told.badge], "list.semicolon"), EMPTY]
    for kpi in told.kpis:
        moves = [words.joined([move.name, move.text], "list.sentence") for move in kpi.moves if move.text.zh]
        lines.append(words.joined([kpi.label, kpi.parts.text, *moves], "list.sentence"))
    lines += [told.kpi_note] if told.kpi_note.zh else []
    lines += [EMPTY, *(message.text for message in told.messages)] if told.messages else []
    for decision in told.decisions:
        lines += [EMPTY, decision.text, decision.who]
    lines += [EMPTY, told.attached] if told.attached.zh else []
    # messages hold their figures in bold
    return "\n".join(_untagged(line.of(run.lang)) for line in lines)


def _untagged(text: str) -> str:
    from markupsafe import Markup

    return text.striptags() if isinstance(text, Markup) else text


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
    open_items = data.closing or data.current
    rows = open_items.overdue if open_items else ()
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
