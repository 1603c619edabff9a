"""Great Expectations in a process of its own: beside the run, its import and its thinking take nothing from it.

In one process they share Python with reading, building and measuring, one Python at a time. The process holds no data
and opens no database. It asks for SQL, and whoever waits for a verdict runs that on the connection he has open, inside
his transaction. It is started once, judges for every run of the program, and ends with the program, however that ends.
"""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pipelines.errors import SalesdeskError, SuiteError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.validation.run import Verdict
    from pipelines.validation.suites import Suite

# The same modules from the same places as here, wherever they came from.
_COMMAND = """
import sys
asked, told, *sys.path[:] = sys.argv[1:]
from pipelines.validation.engine_main import main
main(int(asked), int(told))
"""
# One is thought about while a statement of the other is run; both are done in one Python and on one connection.
_AT_ONCE = 2
# Seconds for one that closed its pipe to be gone.
_PATIENCE = 5
_LOCK = threading.RLock()  # one round of questions at a time
_running: list[_Process] = []  # one, or none


def prepare() -> None:
    """Start the process, if none is running, so that it has imported Great Expectations when it is asked."""
    with _LOCK, contextlib.suppress(OSError):  # whoever asks it something starts it again, and is told
        _process()


def judge(connection: DuckDBPyConnection, asked: Sequence[tuple[Suite, int]]) -> list[dict[str, Verdict]]:
    """Judge tables by their suites (bound) and the number of their rows; return of each its verdicts by rule id.

    While one is thought about, the statements of another are run here. Raises SuiteError where a rule that broke took
    the caller's open transaction with it.
    """
    answers, ended_at = _ask(connection, [(suite.table, ("judge", suite, rows)) for suite, rows in asked])
    if ended_at is not None:
        broken = [rule for rule, verdict in answers[ended_at].items() if verdict.broken]
        raise SuiteError(
            "A rule broke on the data and ended the transaction it ran in",
            where=str(asked[ended_at][0].path),
            found=f"one of {', '.join(broken)}",
            next_step="correct the rule; without an open transaction the verdicts say which it is",
        )
    return [answers[number] for number in range(len(asked))]


def conditions_of(connection: DuckDBPyConnection, suites: Sequence[Suite]) -> dict[str, dict[str, str]]:
    """Return, by table and rule id, the SQL that is true of a failing row, for rules on rows that allow none."""
    answers, _ = _ask(connection, [("all tables", ("conditions_of", list(suites)))])
    conditions: dict[str, dict[str, str]] = answers[0]
    return conditions


def peak_memory() -> int:
    """Return the most bytes the process has held, as it told with its last answer; 0 where none is running."""
    return _running[0].peak if _running else 0


def end() -> None:
    """End the process, if one is running: it holds nothing that could be lost."""
    with _LOCK:
        for process in _running:
            process.end()
        _running.clear()


def _ask(
    connection: DuckDBPyConnection, questions: Sequence[tuple[str, Any]]
) -> tuple[dict[int, Any], int | None]:
    """Ask questions, each with what it is about; return the answers by number, and which ended the transaction."""
    with _LOCK:
        try:
            process = _process()
        except OSError as error:
            raise _failure("its start", f"cannot be started: {error.strerror or error}") from error
        talk = _Talk(process, connection, questions)
        try:
            talk.go_on()
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            found = process.ending()
            end()
            raise _failure(" and ".join(talk.open), found) from error
        except BaseException:  # broken off between question and answer: what it says next would answer nobody
            end()
            raise
    if talk.failure is not None:
        raise talk.failure
    return talk.answers, talk.ended_at


def _process() -> _Process:
    """Return the process that is running. One that has ended, or that this process was forked beside, is replaced."""
    if _running and not _running[0].is_ours:
        _running.clear()
    elif _running and _running[0].has_ended:
        end()
    if not _running:
        _running.append(_Process())
        _end_with_us()
    return _running[0]


def _end_with_us() -> None:
    atexit.unregister(end)
    atexit.register(end)


def _failure(about: str, found: str) -> SalesdeskError:
    return SalesdeskError(
        "The process that judges the data failed before it had judged",
        where=f"Great Expectations, on {about}",
        found=found,
        expected="a verdict on every rule",
        next_step="see what ended it (too little memory?), then run again; what was published stands",
    )


class _Process:
    """The process with its two pipes: questions and rows go in; statements, log records and answers come out."""

    def __init__(self) -> None:
        self.peak = 0
        self._owner = os.getpid()
        asked, questions = os.pipe()
        answers, told = os.pipe()
        self._questions, self._answers = os.fdopen(questions, "wb"), os.fdopen(answers, "rb")
        try:
            self._popen = subprocess.Popen(  # noqa: S603  # this Python, on our own module
                [sys.executable, "-u", "-c", _COMMAND, str(asked), str(told), *map(str, sys.path)],
                # threads of numpy, which comes with Great Expectations, would only spin
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
                stdin=subprocess.DEVNULL,
                stdout=2,  # whatever a library prints
                pass_fds=(asked, told),
                process_group=0,  # Ctrl-C is for the run to hear: this ends with it
            )
        except BaseException:
            self._close()
            raise
        finally:
            os.close(asked)
            os.close(told)

    @property
    def is_ours(self) -> bool:
        """Whether this very process started it, not one that this was forked from."""
        return self._owner == os.getpid()

    @property
    def has_ended(self) -> bool:
        """Whether it has ended by itself."""
        return self._popen.poll() is not None

    def tell(self, *what: Any) -> None:
        """Send a question, or what became of a statement."""
        self._questions.write(pickle.dumps(what))
        self._questions.flush()

    def hear(self) -> Any:
        """Wait for what it says next: its kind, the number of the question it is about, and what there is to say."""
        return pickle.load(self._answers)  # noqa: S301  # our own process

    def ending(self) -> str:
        """Return how it ended, which is now or never."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = self._popen.wait(_PATIENCE)
            return (
                f"ended by signal {signal.Signals(-code).name}"
                if code < 0
                else f"ended with exit code {code}"
            )
        return "said what nobody understands"

    def end(self) -> None:
        """End it, and close what led to it."""
        if self.is_ours:
            self._popen.kill()
            self._popen.wait()
        self._close()

    def _close(self) -> None:
        for pipe in (self._questions, self._answers):
            with contextlib.suppress(OSError):  # what it did not take any more
                pipe.close()


class _Talk:
    """Questions put to the process, some at once, so that it thinks about one while another's statement is run."""

    def __init__(
        self, process: _Process, connection: DuckDBPyConnection, questions: Sequence[tuple[str, Any]]
    ) -> None:
        self.answers: dict[int, Any] = {}
        self.failure: Exception | None = None
        self.ended_at: int | None = None
        self._process = process
        self._connection = connection
        self._questions = questions
        self._asked: set[int] = set()

    @property
    def open(self) -> list[str]:
        """What the questions are about that have no answer yet."""
        return [self._questions[number][0] for number in sorted(self._asked - set(self.answers))]

    def go_on(self) -> None:
        """Ask and answer until every question asked is answered; after a failure no more are asked."""
        self._ask_more()
        while self.open:
            kind, number, told = self._process.hear()
            if kind == "run":
                self._process.tell(*self._run(number, *told))
            elif kind == "log":
                _log(told)
            else:
                self._take(kind, number, told)
                self._ask_more()

    def _ask_more(self) -> None:
        may = self.failure is None and self.ended_at is None
        for number in range(len(self._asked), len(self._questions) if may else 0):
            if len(self.open) == _AT_ONCE:
                break
            self._asked.add(number)
            self._process.tell("ask", number, self._questions[number][1])

    def _take(self, kind: str, number: int, told: Any) -> None:
        if kind == "raised":
            self.failure = self.failure or told
            self.answers[number] = None
        else:
            self.answers[number], self._process.peak = told

    def _run(self, number: int, statement: str, parameters: Sequence[Any] | None) -> tuple[str, int, Any]:
        """Run one statement; return its columns and rows, or what DuckDB says against it: a rule may be broken."""
        import duckdb

        try:
            self._connection.execute(statement, parameters)
            columns = [(name, str(kind)) for name, kind, *_ in self._connection.description or ()]
            return "rows", number, (columns, self._connection.fetchall() if columns else [])
        except duckdb.InterruptException:  # broken off from outside, like the question itself
            raise
        except Exception as error:  # noqa: BLE001  # raised again over there, where the rule is
            if self.ended_at is None and self._is_transaction_over():
                self.ended_at = number
            return "raised", number, error

    def _is_transaction_over(self) -> bool:
        """Whether an error ended the caller's open transaction: nothing after it can be judged."""
        import duckdb

        try:
            self._connection.execute("select 1")
        except duckdb.TransactionException:
            return True
        return False


def _log(record: logging.LogRecord) -> None:
    """Log over here what was logged over there."""
    logger = logging.getLogger(record.name)
    if logger.isEnabledFor(record.levelno):
        logger.handle(record)
