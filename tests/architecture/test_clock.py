"""No clock below the command line: every date a figure depends on is an argument."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import PROJECT, Source, python_files, write
from tests.architecture.test_sql_style import CLOCK

# Files that may ask the time, and why. None of what they learn reaches a figure.
ALLOWED: dict[str, str] = {
    "pipelines/flows/entry.py": "a deployed flow has no command line above it: its entry reads the clock once a run",
}
METHODS = {"now", "today", "utcnow"}
TIME_FUNCTIONS = {"ctime", "gmtime", "localtime", "strftime", "time", "time_ns"}
ABOVE = ("pipelines/cli.py", "pipelines/cli/")


def clock_problems(root: Path, allowed: dict[str, str]) -> list[str]:
    """Return every place below the command line that asks the time, and every unused allowance."""
    problems = []
    used = set()
    for source in python_files(root, "pipelines"):
        if source.name.startswith(ABOVE):
            continue
        for line, what in _asked(source):
            if source.name in allowed:
                used.add(source.name)
            else:
                problems.append(f"{source.name}:{line}: {what}; take the moment as an argument")
    problems.extend(f"{name}: allowed to ask the time but does not" for name in sorted(set(allowed) - used))
    return problems


def _asked(source: Source) -> Iterator[tuple[int, str]]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = ast.unparse(node.func.value)
            if node.func.attr in METHODS or (owner == "time" and node.func.attr in TIME_FUNCTIONS):
                yield node.lineno, f"{owner}.{node.func.attr}()"
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            yield from (
                (node.lineno, f"from time import {alias.name}")
                for alias in node.names
                if alias.name in TIME_FUNCTIONS
            )
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and (found := CLOCK.search(node.value))
        ):
            yield node.lineno, f"SQL with {found.group().strip()}"


def test_code_below_the_command_line_asks_no_clock() -> None:
    assert clock_problems(PROJECT, ALLOWED) == []


@pytest.mark.parametrize(
    "text",
    [
        "from datetime import datetime, UTC\nx = datetime.now(UTC)\n",
        "import datetime as d\nx = d.date.today()\n",
        "import time\nx = time.time()\n",
        "from time import time\n",
        "def f(c):\n    return c.execute('select now()')\n",
        "SQL = f'where due_date < current_date and {1}'\n",
    ],
)
def test_clock_below_the_command_line_is_told(tmp_path: Path, text: str) -> None:
    write(tmp_path, "pipelines/job/run.py", text)
    write(tmp_path, "pipelines/cli/main.py", text)
    assert len(clock_problems(tmp_path, {})) == 1
    assert clock_problems(tmp_path, {"pipelines/job/run.py": "the sample may"}) == []


def test_clock_for_durations_passes(tmp_path: Path) -> None:
    write(tmp_path, "pipelines/job/run.py", "import time\nx = time.perf_counter() + time.monotonic()\n")
    assert clock_problems(tmp_path, {}) == []


def test_clock_allowance_that_is_not_used_is_told(tmp_path: Path) -> None:
    write(tmp_path, "pipelines/job/run.py", "x = 1\n")
    problems = clock_problems(tmp_path, {"pipelines/job/run.py": "it once did"})
    assert problems == ["pipelines/job/run.py: allowed to ask the time but does not"]
