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

from pipelines.errors import SalesdeskError

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
# Seconds for one that closed its pipe to be gone.
_PATIENCE = 5
_LOCK = threading.RLock()  # one question at a time
_running: list[_Process] = []  # one, or none


def prepare() -> None:
    """Start the process, if none is running, so that it has imported Great Expectations when it is asked."""
    with _LOCK, contextlib.suppress(OSError):  # whoever asks it something starts it again, and is told
        _process()


def judge(connection: DuckDBPyConnection, suite: Suite, rows: int) -> dict[str, Verdict]:
    """Judge a table by its suite (bound) and the number of its rows; return a verdict by rule id."""
    verdicts: dict[str, Verdict] = _ask(connection, suite.table, ("judge", suite, rows))
    return verdicts


def conditions_of(connection: DuckDBPyConnection, suites: Sequence[Suite]) -> dict[str, dict[str, str]]:
    """Return, by table and rule id, the SQL that is true of a failing row, for rules on rows that allow none."""
    conditions: dict[str, dict[str, str]] = _ask(connection, "all tables", ("conditions_of", list(suites)))
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


def _ask(connection: DuckDBPyConnection, about: str, question: Any) -> Any:
    with _LOCK:
        try:
            process = _process()
        except OSError as error:
            raise _failure(about, f"cannot be started: {error.strerror or error}") from error
        try:
            return process.ask(connection, question)
        except _Carried as carried:
            raise carried.error from None
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            found = process.ending()
            end()
            raise _failure(about, found) from error
        except BaseException:  # broken off between question and answer: what it says next would answer nobody
            end()
            raise


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


class _Carried(Exception):
    """What was raised over there, to be raised here."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


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
                [sys.executable, "-u", "-c", _COMMAND, str(asked), str(told), *sys.path],
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

    def ask(self, connection: DuckDBPyConnection, question: Any) -> Any:
        """Ask one question and run the SQL that it takes to answer."""
        self._send(question)
        while True:
            kind, told = pickle.load(self._answers)  # noqa: S301  # our own process
            if kind == "run":
                self._send(_run(connection, *told))
            elif kind == "log":
                _log(told)
            elif kind == "raised":
                raise _Carried(told)
            else:
                answer, self.peak = told
                return answer

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

    def _send(self, what: Any) -> None:
        self._questions.write(pickle.dumps(what))
        self._questions.flush()


def _log(record: logging.LogRecord) -> None:
    """Log over here what was logged over there."""
    logger = logging.getLogger(record.name)
    if logger.isEnabledFor(record.levelno):
        logger.handle(record)


def _run(connection: DuckDBPyConnection, statement: str, parameters: Sequence[Any] | None) -> tuple[str, Any]:
    """Run one statement; return its columns and rows, or what DuckDB says against it: a rule may be broken."""
    import duckdb

    try:
        connection.execute(statement, parameters)
        columns = [(name, str(kind)) for name, kind, *_ in connection.description or ()]
        return "rows", (columns, connection.fetchall() if columns else [])
    except duckdb.InterruptException:  # broken off from outside, like the question itself
        raise
    except Exception as error:  # noqa: BLE001  # raised again over there, where the rule is
        return "raised", error
