"""Publications: letters to those who get pages, and one note with the key figures to the chats."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipelines.delivery import chat, mail, memory, sending
from pipelines.delivery.sending import Parcel, Receipt
from pipelines.recipients import Chat
from pipelines.settings import Settings
from pipelines.warehouse import Home


@dataclass(frozen=True)
class Post:
    """One thing to send: `key` names it for good, `write` makes it when it is sent.

    To `address` by mail; without one to every chat.
    """

    key: str
    address: str
    write: Callable[[], mail.Letter | chat.Note]


def post(
    settings: Settings,
    posts: Sequence[Post],
    *,
    at: datetime,
    environment: Mapping[str, str] | None = None,
    waits: Sequence[float] = sending.WAITS,
    again: bool = False,
) -> tuple[Receipt, ...]:
    """Send what was not sent before, or with `again` everything; never raises for what cannot be delivered."""
    environment = os.environ if environment is None else environment
    parcels = [parcel for one in posts for parcel in _parcels(settings, one, at, environment)]
    return sending.send(Home(settings.home), parcels, at, waits=waits, again=again)


def targets(settings: Settings, one: Post, environment: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Return whom a post goes to, as receipts name them: nobody where nothing is configured."""
    environment = os.environ if environment is None else environment
    if one.address:
        return (f"mail {one.address}",) if settings.mail else ()
    if not (settings.chat or Chat()).figures:
        return ()
    return tuple(chat.name(url) for url in chat.urls(environment))


def was_sent(settings: Settings, target: str, key: str) -> bool:
    """Whether a target got a key before, or may have."""
    return memory.last(Home(settings.home)).get((target, key), "failed") != "failed"


def _parcels(settings: Settings, one: Post, at: datetime, environment: Mapping[str, str]) -> list[Parcel]:
    if not targets(settings, one, environment):
        return []
    if one.address and settings.mail:
        return [mail.parcel(settings.mail, one.address, (one.key,), _letter(one), at, environment)]
    return [chat.parcel(url, (one.key,), _note(one)) for url in chat.urls(environment)]


def _letter(one: Post) -> Callable[[tuple[str, ...]], mail.Letter]:
    def write(_: tuple[str, ...]) -> mail.Letter:
        made = one.write()
        if not isinstance(made, mail.Letter):
            raise TypeError(made)
        return made

    return write


def _note(one: Post) -> Callable[[tuple[str, ...]], chat.Note]:
    def write(_: tuple[str, ...]) -> chat.Note:
        made = one.write()
        if not isinstance(made, chat.Note):
            raise TypeError(made)
        return made

    return write
