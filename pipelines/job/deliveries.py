"""What goes out after a publication: each recipient's pages by mail, the key figures to the chats."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pipelines import delivery
from pipelines.delivery import Letter, Note, Notice, Post, Receipt
from pipelines.errors import UsageError, did_you_mean
from pipelines.job import open_items

if TYPE_CHECKING:
    from pipelines.job.pages import Edition
    from pipelines.recipients import Recipient


def posts(edition: Edition, at: datetime, *, to: Sequence[str] = ()) -> tuple[Post, ...]:
    """Return what a publication gives to send, each written only when it is sent.

    `to` names the addresses that are meant; without it everybody is, the chats too. Raises UsageError for an
    address that is no recipient's.
    """
    recipients = edition.settings.recipients
    for address in to:
        if address not in {one.address for one in recipients}:
            raise UsageError(
                "Nobody gets pages at that address",
                found=address,
                hint=did_you_mean(address, [one.address for one in recipients]),
                next_step="name it in a table [[recipients]] of salesdesk.toml",
            )
    found = [
        Post(_key(one, edition, at), one.address, _letter(one, edition))
        for one in recipients
        if not to or one.address in to
    ]
    if not to:
        found.append(Post(f"figures of {edition.facts.run_id}", "", _note(edition)))
    return tuple(found)


def send(
    edition: Edition,
    at: datetime,
    *,
    to: Sequence[str] = (),
    again: bool = False,
    environment: Mapping[str, str] | None = None,
    waits: Sequence[float] = delivery.WAITS,
) -> tuple[Receipt, ...]:
    """Send a publication to everybody it is for, and tell the other way when a way failed.

    Nothing configured, nothing sent. What fails is retried, then in the receipts; it undoes nothing.
    """
    settings = edition.settings
    receipts = delivery.post(
        settings, posts(edition, at, to=to), at=at, again=again, environment=environment, waits=waits
    )
    failed = [one for one in receipts if one.status == "failed"]
    if failed:
        reasons = "\n".join(f"{one.target}: {one.reason}" for one in failed)
        notice = Notice(
            "warning",
            "报告没有送达 · A report was not delivered",
            reasons,
            f"undelivered {edition.facts.run_id}",
        )
        delivery.tell(settings, [notice], at=at, environment=environment, waits=waits)
    return receipts


def in_words(receipts: Sequence[Receipt]) -> str:
    """Return how many were sent and which were not; nothing when there was nothing to send."""
    told = [
        f"{count} {word}"
        for word, count in (
            ("sent", sum(one.status == "sent" for one in receipts)),
            ("sent before", sum(one.status == "known" for one in receipts)),
        )
        if count
    ]
    told += [
        f"{one.target} not delivered ({one.reason})"
        for one in receipts
        if one.status in {"failed", "unknown"}
    ]
    return ", ".join(told)


def _key(one: Recipient, edition: Edition, at: datetime) -> str:
    """Return what makes a second mail the same mail: the run, or the day, week or month it is sent once in."""
    day = at.astimezone(ZoneInfo(edition.settings.time_zone)).date()
    year, week, _ = day.isocalendar()
    if one.every == "month":
        month = open_items.month_under_review(edition.connection, edition.facts, edition.settings).start
        return f"pages of {month:%Y-%m}"
    period = {"run": edition.facts.run_id, "day": day.isoformat(), "week": f"{year}-W{week:02}"}
    return f"pages of {period[one.every]}"


def _letter(one: Recipient, edition: Edition) -> Callable[[], Letter]:
    from pipelines.reporting import sendable

    settings = edition.settings

    def write() -> Letter:
        data, known = edition.whole
        if one.sales_reps:
            narrow, about = open_items.of_reps(edition.connection, edition.facts, settings, one.sales_reps)
            data, known = narrow, replace(about, badge=known.badge)
        known = replace(known, lang=one.lang or settings.lang)
        made = sendable.sendable(data, known, one.files, one.sales_reps)
        return Letter(one.address, made.subject, made.text, made.html, one.name, made.files)

    return write


def _note(edition: Edition) -> Callable[[], Note]:
    from pipelines.reporting import sendable

    chat = edition.settings.chat

    def write() -> Note:
        data, known = edition.whole
        lang = chat.lang if chat and chat.lang else edition.settings.lang
        made = sendable.digest(data, replace(known, lang=lang))
        return Note(made.subject, made.text)

    return write
