"""Files and functions small enough to hold in one's head; folders named by subject."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.architecture.source import PROJECT, Source, python_files, write

FILE_LINES = 300
FUNCTION_LINES = 40
SQL_LINES = 150
# A recursion is one SELECT over its own rounds: it cannot be split into models, only kept short.
RECURSION_LINES = {"sql/marts/application_rounds.sql": 180}
# Names that tell a kind and not a subject: anything could be put there.
BARRED = {"base", "common", "constants", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}
PLACES = ("pipelines", "tests", "sql", "expectations", "reports", "notebooks")


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the function's lines without its docstring, whose length is a virtue."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function, clean=False) is not None:
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def _functions(source: Source) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [
        node for node in ast.walk(source.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def size_problems(root: Path) -> list[str]:
    """Return every Python file, function and SQL file that asks to be split by subject."""
    problems = []
    for source in python_files(root, "pipelines", "tests"):
        lines = len(source.path.read_text(encoding="utf-8").splitlines())
        if lines > FILE_LINES:
            problems.append(f"{source.name}: {lines} lines, at most {FILE_LINES}")
        problems.extend(
            f"{source.name}:{function.lineno}: {function.name} has {lines} lines, at most {FUNCTION_LINES}"
            for function in _functions(source)
            if (lines := length(function)) > FUNCTION_LINES
        )
    for path in sorted((root / "sql").rglob("*.sql")):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        name = path.relative_to(root).as_posix()
        if lines > (most := RECURSION_LINES.get(name, SQL_LINES)):
            problems.append(f"{name}: {lines} lines, at most {most}")
    return problems


def name_problems(root: Path) -> list[str]:
    """Return every folder and Python file with a name that tells no subject."""
    return [
        f"{path.relative_to(root).as_posix()}: name it by its subject"
        for place in PLACES
        for path in sorted((root / place).rglob("*"))
        if (path.is_dir() or path.suffix == ".py") and path.stem.lower() in BARRED
    ]


def test_sizes_of_the_project_are_within_bounds() -> None:
    assert size_problems(PROJECT) == []


def test_names_of_the_project_tell_a_subject() -> None:
    assert name_problems(PROJECT) == []


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("pipelines/job/run.py", "x = 1\n" * 301, "301 lines, at most 300"),
        ("tests/job/test_run.py", "x = 1\n" * 301, "301 lines, at most 300"),
        ("pipelines/job/run.py", "def f():\n" + "    x = 1\n" * 40, "f has 41 lines, at most 40"),
        (
            "pipelines/job/run.py",
            "class A:\n    async def g(self):\n" + "        x = 1\n" * 40,
            "g has 41 lines",
        ),
        ("sql/marts/fct.sql", "-- one row\n" * 151, "151 lines, at most 150"),
    ],
)
def test_size_beyond_its_bound_is_told(tmp_path: Path, name: str, text: str, expected: str) -> None:
    write(tmp_path, name, text)
    problems = size_problems(tmp_path)
    assert len(problems) == 1
    assert expected in problems[0]


def test_size_at_its_bound_passes(tmp_path: Path) -> None:
    write(tmp_path, "pipelines/a.py", "x = 1\n" * 300)
    write(tmp_path, "pipelines/b.py", 'def f():\n    """One.\n\n    Two.\n    """\n' + "    x = 1\n" * 39)
    write(tmp_path, "sql/marts/fct.sql", "-- one row\n" * 150)
    assert size_problems(tmp_path) == []


@pytest.mark.parametrize("name", ["pipelines/utils/text.py", "pipelines/job/helpers.py", "sql/common/a.sql"])
def test_name_without_a_subject_is_told(tmp_path: Path, name: str) -> None:
    write(tmp_path, name, "")
    assert len(name_problems(tmp_path)) == 1
