"""Pieces of work on one database done side by side, so that what comes out is what one after the other gives."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from pipelines.warehouse.connection import beside

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Result = TypeVar("Result")


@dataclass(frozen=True)
class Piece(Generic[Result]):
    """One piece of work: its name, the names of those it comes after, and what it does on a connection."""

    name: str
    after: frozenset[str]
    act: Callable[[DuckDBPyConnection], Result]


def side_by_side(
    connection: DuckDBPyConnection, pieces: Sequence[Piece[Result]], at_once: int
) -> list[Result]:
    """Do the pieces, each after those it needs, at most `at_once` at a time; return their results in the order given.

    In that order they could be done one after the other. The connection must not be in a transaction: others work
    beside it. Raises what one after the other would have raised: the error of the first piece in that order that fails,
    whichever fails sooner; what comes after it is not begun.
    """
    shared = _Shared(pieces)
    cursors = [beside(connection) for _ in range(min(at_once, len(pieces)) - 1)]
    helpers = [threading.Thread(target=shared.work, args=(cursor,), name="beside") for cursor in cursors]
    for helper in helpers:
        helper.start()
    try:
        shared.work(connection)
    except BaseException:  # broken off from outside: the pieces' own errors do not come this way
        shared.begin_no_more()
        _break_off(helpers, cursors)
        raise
    finally:
        for helper, cursor in zip(helpers, cursors, strict=True):
            helper.join()
            cursor.close()
    return shared.results()


class Meanwhile(Generic[Result]):
    """One piece of work that is done on a connection of its own while its owner goes on."""

    def __init__(
        self, connection: DuckDBPyConnection, act: Callable[[DuckDBPyConnection], Result], name: str
    ) -> None:
        self._cursor = beside(connection)
        self._shared = _Shared((Piece(name, frozenset(), act),))
        self._thread = threading.Thread(target=self._shared.work, args=(self._cursor,), name=name)
        self._thread.start()

    def result(self) -> Result:
        """Wait for the work; return what it returned or raise what it raised."""
        self._thread.join()
        self._cursor.close()
        return self._shared.results()[0]

    def break_off(self) -> None:
        """End the work, if it goes on still, whatever comes of it."""
        _break_off((self._thread,), (self._cursor,))
        self._cursor.close()


def _break_off(helpers: Sequence[threading.Thread], cursors: Sequence[DuckDBPyConnection]) -> None:
    for helper, cursor in zip(helpers, cursors, strict=True):
        while helper.is_alive():  # told again and again: between two statements nobody hears it
            cursor.interrupt()
            helper.join(0.05)


class _Shared(Generic[Result]):
    """What the threads share: the pieces not begun, and how those that ended have ended."""

    def __init__(self, pieces: Sequence[Piece[Result]]) -> None:
        self._pieces = pieces
        self._open = {piece.name for piece in pieces}  # not done, begun or not
        self._pending = list(range(len(pieces)))
        self._results: dict[int, Result] = {}
        self._failed: dict[int, Exception] = {}
        self._changed = threading.Condition()

    def work(self, connection: DuckDBPyConnection) -> None:
        """Do piece after piece until none is left that one after the other would have come to."""
        while (place := self._next()) is not None:
            piece = self._pieces[place]
            try:
                self._results[place] = piece.act(connection)
            except Exception as error:  # noqa: BLE001  # raised again by `results`, in the thread that asked
                self._failed[place] = error
            with self._changed:
                if place in self._results:
                    self._open.discard(piece.name)
                self._changed.notify_all()

    def _next(self) -> int | None:
        """Take the first piece that can be done now, waiting for what it needs."""
        with self._changed:
            while True:
                limit = min(self._failed, default=len(self._pieces))
                left = [place for place in self._pending if place < limit]
                if not left:
                    return None
                for place in left:
                    if not self._pieces[place].after & self._open:
                        self._pending.remove(place)
                        return place
                self._changed.wait()

    def begin_no_more(self) -> None:
        """Leave what is not begun."""
        with self._changed:
            self._pending.clear()
            self._changed.notify_all()

    def results(self) -> list[Result]:
        """Return the results in the order of the pieces, or raise the error of the first that failed."""
        if self._failed:
            raise self._failed[min(self._failed)]
        return [self._results[place] for place in range(len(self._pieces))]
