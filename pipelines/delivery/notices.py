"""Notices: what somebody must know now, told to the chats and mail addresses that asked for that severity."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pipelines.delivery import chat, mail, sending
from pipelines.delivery.sending import Parcel, Receipt
from pipelines.recipients import THRESHOLDS, Chat
from pipelines.settings import Settings
from pipelines.warehouse import Home

Severity = Literal["critical", "warning", "info"]


@dataclass(frozen=True)
class Notice:
    """Something to tell; `key` names it for good: a target is told a key once."""

    severity: Severity
    title: str
    text: str
    key: str


def tell(
    settings: Settings,
    notices: Sequence[Notice],
    *,
    at: datetime,
    environment: Mapping[str, str] | None = None,
    waits: Sequence[float] = sending.WAITS,
) -> tuple[Receipt, ...]:
    """Tell the notices to every configured target whose threshold they reach; one message a target.

    Nothing configured, nothing sent. A key a target was told before is left out; what fails is tried again
    after `waits` seconds each, then a Receipt says why. Never raises for a delivery, never undoes anything.
    """
    environment = os.environ if environment is None else environment
    parcels = _chats(settings, notices, environment) + _letters(settings, notices, at, environment)
    return sending.send(Home(settings.home), parcels, at, waits=waits)


def _chats(settings: Settings, notices: Sequence[Notice], environment: Mapping[str, str]) -> list[Parcel]:
    wanted = _reaching(notices, (settings.chat or Chat()).threshold)

    def write(keys: tuple[str, ...]) -> chat.Note:
        due = [wanted[key] for key in keys]
        return chat.Note(_title(due), _text(due), due[0].severity)

    return [chat.parcel(url, tuple(wanted), write) for url in chat.urls(environment) if wanted]


def _letters(
    settings: Settings, notices: Sequence[Notice], at: datetime, environment: Mapping[str, str]
) -> list[Parcel]:
    server = settings.mail
    if server is None:
        return []
    wanted = _reaching(notices, server.threshold)

    def writer(address: str) -> Callable[[tuple[str, ...]], mail.Letter]:
        def write(keys: tuple[str, ...]) -> mail.Letter:
            due = [wanted[key] for key in keys]
            return mail.Letter(address, _title(due), _text(due))

        return write

    return [
        mail.parcel(server, address, tuple(wanted), writer(address), at, environment)
        for address in server.alerts_to
        if wanted
    ]


def _reaching(notices: Sequence[Notice], threshold: str) -> dict[str, Notice]:
    """Return the notices that reach a threshold by key, the gravest first."""
    reached = THRESHOLDS[: THRESHOLDS.index(threshold) + 1]
    ordered = sorted(notices, key=lambda notice: THRESHOLDS.index(notice.severity))
    return {notice.key: notice for notice in ordered if notice.severity in reached}


def _title(due: Sequence[Notice]) -> str:
    more = f" (+{len(due) - 1})" if len(due) > 1 else ""
    return f"{due[0].title}{more}"


def _text(due: Sequence[Notice]) -> str:
    if len(due) == 1:
        return due[0].text
    return "\n\n".join(f"{notice.title}\n{notice.text}" for notice in due)
