"""Send parcels, each once: what is remembered is skipped, what fails for a while is tried again."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pipelines.delivery import memory
from pipelines.errors import SalesdeskError
from pipelines.warehouse import Home

Status = Literal["sent", "known", "failed", "unknown"]
# Seconds before the second and the third attempt: a server's hiccup passes, a run does not wait for minutes.
WAITS = (2.0, 8.0)
_NOT_TRIED: Status = "failed"
# What was sent, or may have been, is not sent again by itself.
_SETTLED = {"sent", "unknown", memory.BEGUN}


@dataclass(frozen=True)
class Receipt:
    """What became of one key for one target.

    `sent`; `known`: it had been sent before; `failed`, and may be tried again; `unknown`: the connection broke
    after the message was handed over, or the process ended there: it is not sent again by itself.
    """

    target: str
    key: str
    status: Status
    reason: str = ""


@dataclass(frozen=True)
class Parcel:
    """One message to one target: what it is told under `keys`; `carry` sends those still to be told.

    `carry` raises Undelivered. `channel` names the server: once it cannot be reached, the other parcels for it
    are not tried.
    """

    target: str
    channel: str
    keys: tuple[str, ...]
    carry: Callable[[tuple[str, ...]], None]


class Undelivered(Exception):
    """A message was not delivered: `for_a_while`, for good, or `is_unknown` when it may have arrived."""

    def __init__(
        self, reason: str, *, for_a_while: bool = False, is_unknown: bool = False, is_server: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.for_a_while = for_a_while
        self.is_unknown = is_unknown
        self.is_server = is_server


def send(
    home: Home,
    parcels: Sequence[Parcel],
    at: datetime,
    *,
    waits: Sequence[float] = WAITS,
    again: bool = False,
) -> tuple[Receipt, ...]:
    """Send the parcels, skipping what was sent before unless `again`; never raises for what fails.

    Each is written down before it is handed over and after: a process that ends in between leaves its status
    `unknown`, and nothing is sent twice.
    """
    if not parcels:
        return ()
    receipts: list[Receipt] = []
    down: dict[str, str] = {}
    try:
        with memory.opened(home, at) as held:
            for parcel in parcels:
                receipts += _one(held, parcel, waits, down, again=again)
    except (OSError, SalesdeskError) as error:
        # without its memory a message could be sent twice: better not at all
        done = {(one.target, one.key) for one in receipts}
        receipts += [
            Receipt(parcel.target, key, "failed", f"{home.deliveries} cannot be written: {_in_short(error)}")
            for parcel in parcels
            for key in parcel.keys
            if (parcel.target, key) not in done
        ]
    return tuple(receipts)


def _in_short(error: OSError | SalesdeskError) -> str:
    return error.found if isinstance(error, SalesdeskError) else error.strerror or str(error)


def _one(
    held: memory.Memory, parcel: Parcel, waits: Sequence[float], down: dict[str, str], *, again: bool
) -> list[Receipt]:
    before = {key: "" if again else held.status(parcel.target, key) for key in parcel.keys}
    receipts = [_former(parcel.target, key, status) for key, status in before.items() if status in _SETTLED]
    keys = tuple(key for key, status in before.items() if status not in _SETTLED)
    if not keys:
        return receipts
    if parcel.channel in down:
        status, reason = _NOT_TRIED, down[parcel.channel]
    else:
        held.note(parcel.target, keys, memory.BEGUN)
        status, reason = _attempts(parcel, keys, waits, down)
    held.note(parcel.target, keys, status, reason)
    return receipts + [Receipt(parcel.target, key, status, reason) for key in keys]


def _former(target: str, key: str, status: str) -> Receipt:
    if status == "sent":
        return Receipt(target, key, "known")
    return Receipt(target, key, "unknown", "an earlier attempt ended while it was being sent")


def _attempts(
    parcel: Parcel, keys: tuple[str, ...], waits: Sequence[float], down: dict[str, str]
) -> tuple[Status, str]:
    for wait in (*waits, None):
        try:
            parcel.carry(keys)
        except Undelivered as error:
            if error.is_unknown:
                return "unknown", error.reason
            if error.for_a_while and wait is not None:
                time.sleep(wait)
                continue
            if error.is_server:
                down[parcel.channel] = error.reason
            return "failed", error.reason
        return "sent", ""
    message = "the last attempt always returns"
    raise AssertionError(message)
