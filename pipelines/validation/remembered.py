"""Let Great Expectations keep, while it judges one suite, what it would work out anew at every question.

It makes a rule's configuration some seventy times, and hashes the same few plain words by way of numpy. Neither changes
while one suite is judged; together they are a fifth of what judging small tables takes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

from great_expectations.core import id_dict
from great_expectations.expectations.expectation import Expectation

# The expectation beside its configuration: while it is held, no other object can have its id.
_kept: ContextVar[dict[int, tuple[Any, Any]] | None] = ContextVar("kept", default=None)


@contextmanager
def remembered() -> Iterator[None]:
    """Keep each expectation's configuration until the end of the block."""
    _install()
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


@cache
def _install() -> None:
    made_anew: Any = vars(Expectation)["configuration"].fget
    in_full: Any = vars(id_dict)["convert_to_json_serializable"]

    def configuration(self: Any) -> Any:
        kept = _kept.get()
        if kept is None:
            return made_anew(self)
        if id(self) not in kept:
            kept[id(self)] = (self, made_anew(self))
        return kept[id(self)][1]

    def plain(data: Any) -> Any:
        kind = type(data)
        if data is None or kind in (str, int, bool):
            return data
        if kind is dict:
            return {str(key): plain(value) for key, value in data.items()}
        if kind is list:
            return [plain(value) for value in data]
        return in_full(data)

    changed: Any = Expectation
    changed.configuration = property(configuration)
    vars(id_dict)["convert_to_json_serializable"] = plain
