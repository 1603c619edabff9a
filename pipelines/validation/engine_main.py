"""What runs in the process of Great Expectations: import it, then answer questions until nobody can ask any more."""

from __future__ import annotations

import logging
import os
import pickle
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from functools import partial
from logging.handlers import QueueHandler
from queue import SimpleQueue
from typing import IO, TYPE_CHECKING, Any

from pipelines import this_process
from pipelines.errors import SalesdeskError
from pipelines.validation import lean_import

if TYPE_CHECKING:
    from pipelines.validation.run import Verdict
    from pipelines.validation.suites import Suite


def main(questions: int, answers: int) -> None:
    """Answer through one pipe what is asked through the other; nobody else reads or writes there."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # the end of the questions is the end
    line = _Line(os.fdopen(questions, "rb"), os.fdopen(answers, "wb"))
    logging.getLogger().addHandler(QueueHandler(line))  # type: ignore[arg-type]  # it only puts
    try:
        answer = _answering()
    except Exception as error:  # noqa: BLE001  # told to whoever asks
        answer = partial(_raise, error)
    while True:
        kind, number, told = line.hear()
        if kind == "ask":
            asker = line.asker(number)
            threading.Thread(target=asker.told, args=(answer, *told), daemon=True).start()
        else:
            line.askers[number].put(kind, told)


def _raise(error: Exception, *_: Any) -> None:
    raise error


def _carried(error: Exception) -> Exception:
    """Return the error as it can be told: one that is no word to a user with where it was raised."""
    if not isinstance(error, SalesdeskError):
        error.add_note("".join(traceback.format_exception(error)).rstrip())
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301  # what was just made
    except Exception:  # noqa: BLE001  # whatever keeps it from being told
        return RuntimeError("".join(traceback.format_exception(error)))
    return error


def _answering() -> Callable[..., Any]:
    """Import Great Expectations and return what answers a question."""
    engine = lean_import.engine()

    def judge(asker: _Asker, suite: Suite, rows: int) -> dict[str, Verdict]:
        with engine.judge_of(asker) as judged:
            verdicts: dict[str, Verdict] = judged(suite, rows)
        return verdicts

    known: dict[str, Callable[..., Any]] = {"judge": judge, "conditions_of": engine.conditions_of}
    return lambda asker, name, *about: known[name](asker, *about)


class _Line:
    """The two pipes, for all questions that are open. One of them is thought about at a time: all share one Python."""

    def __init__(self, questions: IO[bytes], answers: IO[bytes]) -> None:
        self.askers: dict[int, _Asker] = {}
        self.turn = threading.Lock()
        self._questions = questions
        self._answers = answers
        self._records: list[logging.LogRecord] = []

    def asker(self, number: int) -> _Asker:
        """Return whoever asked the question of this number."""
        self.askers[number] = _Asker(self, number)
        return self.askers[number]

    def hear(self) -> Any:
        """Return what is asked or answered. The process ends where nobody is left to do so."""
        try:
            return pickle.load(self._questions)  # noqa: S301  # from the process that started this one
        except EOFError:
            sys.exit()

    def tell(self, *what: Any) -> None:
        """Tell something, after what was logged before it; whose turn it is does so."""
        told = [*(("log", 0, record) for record in self._records), what]
        self._records.clear()
        try:
            self._answers.write(b"".join(map(pickle.dumps, told)))
            self._answers.flush()
        except BrokenPipeError:
            sys.exit()

    def put_nowait(self, record: logging.LogRecord) -> None:
        """Keep a log record until something is told."""
        self._records.append(record)


class _Asker:
    """Whoever asks, seen from here: as a DuckDB connection too, for he runs what SQL his question takes."""

    def __init__(self, line: _Line, number: int) -> None:
        self._line = line
        self._number = number
        self._became: SimpleQueue[tuple[str, Any]] = SimpleQueue()
        self._rows: list[Any] = []
        self.description: Any = None

    def told(self, answer: Callable[..., Any], *question: Any) -> None:
        """Answer his question."""
        with self._line.turn:
            try:
                told = answer(self, *question)
            except Exception as error:  # noqa: BLE001  # raised again over there
                self._line.tell("raised", self._number, _carried(error))
            else:
                self._line.tell("answer", self._number, (told, this_process.peak_memory()))

    def put(self, kind: str, told: Any) -> None:
        """Hand over what became of his statement."""
        self._became.put((kind, told))

    def execute(self, statement: str, parameters: Any = None) -> None:
        """Have a statement run over there; raises what DuckDB says against it. Meanwhile it is another's turn."""
        self._line.tell("run", self._number, (statement, parameters))
        self._line.turn.release()
        kind, told = self._became.get()
        self._line.turn.acquire()
        if kind == "raised":
            raise told
        self.description, self._rows = told

    def fetchall(self) -> list[Any]:
        """Return the rows of the last statement."""
        return self._rows
