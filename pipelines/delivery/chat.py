"""One message to one chat: 企业微信, 钉钉, 飞书, Slack, Teams and whatever else Apprise knows by its URL."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pipelines.delivery.sending import Parcel, Undelivered

URLS = "SALESDESK_CHAT_URLS"
# Marks by which chats call everybody or make links; a customer's name must do neither.
_INERT = str.maketrans({"@": "＠", "<": "＜", ">": "＞"})
_NO_ANSWER = ("Read timed out", "RemoteDisconnected", "Connection aborted")
_LEAST_SECRET = 8
_KINDS = {"critical": "failure", "warning": "warning", "info": "info"}


@dataclass(frozen=True)
class Note:
    """A chat message: plain text, whose colour in the chat follows its severity."""

    title: str
    text: str
    severity: str = "info"


def urls(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the chats of the environment: Apprise URLs with blanks between them."""
    return tuple(dict.fromkeys(environment.get(URLS, "").split()))


def name(url: str) -> str:
    """Return a name for a chat that tells nobody its key: the service, and a digest of the URL."""
    return f"chat {url.partition('://')[0]} {hashlib.sha256(url.encode()).hexdigest()[:8]}"


def parcel(url: str, keys: tuple[str, ...], write: Callable[[tuple[str, ...]], Note]) -> Parcel:
    """Return a message to one chat as a parcel; it is written when it is sent."""
    return Parcel(name(url), name(url), keys, lambda due: _post(url, write(due)))


def _post(url: str, note: Note) -> None:
    from apprise import Apprise, AppriseAsset, NotifyFormat, NotifyType

    asset = AppriseAsset(app_id="salesdesk", app_desc="salesdesk", async_mode=False)
    service: Any = Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
    if service is None:
        raise Undelivered(f"not the URL of a chat that is known; mend {URLS}", is_server=True)
    with _overheard() as told:
        went = service.notify(
            body=note.text.translate(_INERT),
            title=note.title.translate(_INERT),
            notify_type=NotifyType(_KINDS[note.severity]),
            body_format=NotifyFormat.TEXT,
        )
    if not went:
        raise _refused(url, told)


@contextmanager
def _overheard() -> Iterator[list[logging.LogRecord]]:
    """Collect what Apprise logs instead of returning; it goes nowhere else, for it holds the URL's keys."""
    logger, records = logging.getLogger("apprise"), list[logging.LogRecord]()
    handler = logging.Handler()
    handler.emit = records.append  # type: ignore[method-assign,assignment]
    level, propagates = logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    try:
        yield records
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
        logger.propagate = propagates


def _refused(url: str, told: list[logging.LogRecord]) -> Undelivered:
    """Tell why a chat took no message; one whose answer never came may have taken it."""
    texts = [record.getMessage() for record in told]
    is_unknown = any(mark in text for text in texts for mark in _NO_ANSWER)
    reason = " ".join(
        text for record, text in zip(told, texts, strict=True) if record.levelno >= logging.WARNING
    )
    for secret in sorted({url, *re.split("[/?&=:@]+", url)}, key=len, reverse=True):
        reason = reason.replace(secret, "…") if len(secret) >= _LEAST_SECRET else reason
    return Undelivered(
        f"the chat took no message: {reason or 'no reason given'}",
        for_a_while=not is_unknown,
        is_unknown=is_unknown,
        is_server=True,
    )
