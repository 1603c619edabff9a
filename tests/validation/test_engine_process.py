"""Great Expectations' process: the verdicts it would give in this one, and what becomes of it when something dies."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.errors import SalesdeskError, SuiteError
from pipelines.validation import binding, engine_main, engine_process, lean_import, suites
from tests.validation.suite_files import rule, things, write_suite

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.validation.suites import Suite

ROWS = "(1, 10.00, 'A', date '2026-01-01', date '2026-01-02'), (2, 20.00, null, date '2026-01-05', date '2026-01-02')"
# The process without Great Expectations, whose engine is what a test makes of it.
WITHOUT_ENGINE = """
import logging, sys
asked, told, *sys.path[:] = sys.argv[1:]
from pipelines.validation import engine_main, lean_import
class Engine:
    judge_of = conditions_of = print
def engine():
    print("noise")
    logging.getLogger("elsewhere").warning("told %s", "late")
    {begin}
    return Engine
lean_import.engine = engine
engine_main.main(int(asked), int(told))
"""


@pytest.fixture
def suite(connection: DuckDBPyConnection, tmp_path: Path) -> Suite:
    """A suite with a rule of every fate, and its table of two rows."""
    things(connection, ROWS)
    rules = [
        rule("code", expectation="expect_column_values_to_not_be_null", column="code"),
        rule("half", expectation="expect_column_values_to_not_be_null", column="code", mostly=0.5),
        rule("dates", predicate="other_day >= day", columns=["day", "other_day"]),
        rule("cast", predicate="code::integer > 0", columns=["code"]),
        rule("none", query="select * from {batch} where amount > 15"),
        rule("sum", expectation="expect_column_sum_to_be_between", column="amount", max_value=1),
    ]
    written = suites.load(write_suite(tmp_path, rules))
    return binding.bind(connection, [written], None)[0]


@pytest.fixture
def no_other() -> Iterator[None]:
    """No process at the beginning, and none of this test's own afterwards; the one there was goes on."""
    former = engine_process._running[:]
    engine_process._running.clear()
    yield
    engine_process.end()
    engine_process._running.extend(former)


def test_verdicts_are_those_of_this_process(connection: DuckDBPyConnection, suite: Suite) -> None:
    engine = lean_import.engine()
    with engine.judge_of(connection) as judge:
        expected = judge(suite, 2)
    assert engine_process.judge(connection, [(suite, 2)] * 3) == [expected] * 3
    assert {name.split(".")[1]: verdict.success for name, verdict in expected.items()} == {
        "rows": True,
        "code": False,
        "half": True,
        "dates": False,
        "cast": False,
        "none": False,
        "sum": False,
    }
    assert expected["stg_things.cast"].broken
    assert engine_process.conditions_of(connection, [suite]) == engine.conditions_of(connection, [suite])
    assert engine_process.peak_memory() > 30_000_000


class _Killing:
    """A connection that kills the process instead of answering it."""

    description = None

    def execute(self, *_: Any) -> None:
        os.kill(engine_process._running[0]._popen.pid, signal.SIGKILL)

    def fetchall(self) -> list[Any]:
        return []


def test_death_amid_judging_is_told_and_the_next_question_answered(
    connection: DuckDBPyConnection, suite: Suite
) -> None:
    dying: Any = _Killing()
    with pytest.raises(SalesdeskError) as told:
        engine_process.judge(dying, [(suite, 2)])
    assert (told.value.exit_code, told.value.found) == (2, "ended by signal SIGKILL")
    assert "staging.stg_things" in told.value.where
    assert len(engine_process.judge(connection, [(suite, 2)])[0]) == 7


def test_question_broken_off_leaves_no_answer_for_the_next(
    connection: DuckDBPyConnection, suite: Suite
) -> None:
    class Interrupted(_Killing):
        def execute(self, *_: Any) -> None:
            raise KeyboardInterrupt

    broken_off: Any = Interrupted()
    with pytest.raises(KeyboardInterrupt):
        engine_process.judge(broken_off, [(suite, 2)])
    assert len(engine_process.judge(connection, [(suite, 2)])[0]) == 7


def test_error_of_a_suite_is_raised_here_as_there(connection: DuckDBPyConnection, tmp_path: Path) -> None:
    things(connection, ROWS)
    wrong = rule("wrong", expectation="expect_column_values_to_be_in_set", column="code", value_set=7)
    suite = suites.load(write_suite(tmp_path, [wrong]))
    with pytest.raises(SuiteError, match="arguments are not accepted") as told:
        engine_process.judge(connection, [(suite, 2)])
    assert told.value.where.endswith("stg_things.yaml, rule wrong")


@pytest.mark.usefixtures("no_other")
def test_process_without_room_to_start_is_told(
    connection: DuckDBPyConnection, suite: Suite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    engine_process.prepare()
    with pytest.raises(SalesdeskError) as told:
        engine_process.judge(connection, [(suite, 2)])
    assert told.value.found == "cannot be started: No such file or directory"


@pytest.mark.usefixtures("no_other")
def test_import_that_fails_is_told_with_its_place_and_what_was_logged(
    connection: DuckDBPyConnection,
    suite: Suite,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(
        engine_process, "_COMMAND", WITHOUT_ENGINE.format(begin="raise ImportError('of a part')")
    )
    with caplog.at_level(logging.WARNING), pytest.raises(ImportError, match="of a part") as told:
        engine_process.judge(connection, [(suite, 2)])
    assert "in engine" in told.value.__notes__[0]
    assert [(record.name, record.message) for record in caplog.records] == [("elsewhere", "told late")]


@pytest.mark.usefixtures("no_other")
def test_process_that_ended_or_is_of_another_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_process, "_COMMAND", "import os, sys; os.read(int(sys.argv[1]), 1)")
    first = engine_process._process()
    assert engine_process._process() is first
    first._popen.kill()
    first._popen.wait()
    second = engine_process._process()
    assert second is not first
    second._owner = -1  # as after a fork
    third = engine_process._process()
    assert third is not second
    assert not second.has_ended
    second._owner = os.getpid()
    second.end()


def test_stdout_is_left_alone_and_no_orphan_outlives_a_killed_parent() -> None:
    """The process's own prints go to stderr; its pipe ends with whoever started it, however that ends."""
    script = (
        "import time\nfrom pipelines.validation import engine_process\n"
        f"engine_process._COMMAND = {WITHOUT_ENGINE.format(begin='')!r}\n"
        "try:\n    engine_process._ask(None, [('nothing', ('unheard of',))])\nexcept KeyError:\n"
        "    print(engine_process._running[0]._popen.pid, flush=True)\ntime.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        os.kill(child, 0)
        parent.kill()
        out, told = parent.communicate()  # ends when no process holds the pipes any more
    assert (out, told) == ("", "noise\ntold late\n")
    for _ in range(100):
        if not Path(f"/proc/{child}").exists():
            break
        time.sleep(0.02)
    else:
        pytest.fail("the process outlived its parent")


def test_what_cannot_be_pickled_is_told_in_words() -> None:
    class Odd(Exception):
        def __init__(self, first: int, second: int) -> None:
            super().__init__(f"{first} and {second}")

    carried = engine_main._carried(Odd(1, 2))
    assert isinstance(carried, RuntimeError)
    assert "Odd: 1 and 2" in str(carried)
