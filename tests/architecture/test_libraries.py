"""Each heavy library has one room, and none is imported before it is used."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import PROJECT, Source, imported, imported_at_once, python_files, write

# Library → the only folder that may import it.
OWNERS = {
    "apprise": "pipelines/delivery/",
    "smtplib": "pipelines/delivery/",
    "prefect": "pipelines/flows/",
    "great_expectations": "pipelines/validation/",
    "plotly": "pipelines/reporting/",
    "jinja2": "pipelines/reporting/",
    "xlsxwriter": "pipelines/reporting/",
    "pandas": "pipelines/analysis/",
    "pyspark": "pipelines/spark/",
}
HEAVY = {
    "apprise",
    "babel",
    "duckdb",
    "great_expectations",
    "holidays",
    "jinja2",
    "pandas",
    "plotly",
    "prefect",
    "pyarrow",
    "pyspark",
    "python_calamine",
    "scipy",
    "sqlglot",
    "xlsxwriter",
}
# Their decorators and base classes must be there for a file of the owning room to be read at all. Such a file
# is then heavy itself: its room's front door and every other room import it late.
AT_ONCE = {"prefect", "great_expectations", "pandas"}
# What opens or uses a DuckDB connection that nobody handed over.
OPENERS = {"connect", "default_connection", "execute", "query", "read_csv", "read_parquet", "sql"}


def owner_problems(root: Path) -> list[str]:
    """Return every import of a library outside its room."""
    problems = []
    for source in python_files(root, "pipelines"):
        for line, name in imported(source):
            library = name.split(".")[0]
            owner = OWNERS.get(library)
            if owner and not source.name.startswith(owner):
                problems.append(f"{source.name}:{line}: only {owner} imports {library}")
    return problems


def early_import_problems(root: Path) -> list[str]:
    """Return every heavy library imported outside a function, directly or through a file of its room."""
    sources = list(python_files(root, "pipelines"))
    heavy = _heavy_modules(sources)
    return [
        f"{source.name}:{line}: imports {name} at once; import it in the function that uses it"
        for source in sources
        for line, name in imported_at_once(source)
        if _is_too_early(source, name) or _is_heavy_elsewhere(source, name, heavy)
    ]


def _is_too_early(source: Source, name: str) -> bool:
    library = name.split(".", maxsplit=1)[0]
    may = library in AT_ONCE and source.name.startswith(OWNERS[library]) and not _is_front_door(source)
    return library in HEAVY and not may


def _is_heavy_elsewhere(source: Source, name: str, heavy: set[str]) -> bool:
    module = next((each for each in heavy if _is_within(name, each)), None)
    return module is not None and (
        _is_front_door(source) or module.split(".")[1] != source.module.split(".")[1]
    )


def _room(module: str) -> str:
    return ".".join(module.split(".")[:2])


def _is_front_door(source: Source) -> bool:
    return source.path.name == "__init__.py"


def _is_within(name: str, module: str) -> bool:
    return name == module or name.startswith(f"{module}.")


def _heavy_modules(sources: list[Source]) -> set[str]:
    """Return the project's files whose own import brings in a library that their room may import at once."""
    heavy: set[str] = set()
    while True:
        found = {
            source.module
            for source in sources
            if not _is_front_door(source)
            for _, name in imported_at_once(source)
            if name.split(".")[0] in AT_ONCE or any(_is_within(name, each) for each in heavy)
        }
        if found <= heavy:
            return heavy
        heavy |= found


def opening_problems(root: Path) -> list[str]:
    """Return every place outside the warehouse that opens DuckDB, or uses its global connection."""
    return [
        f"{source.name}:{line}: only the warehouse opens DuckDB (duckdb.{name})"
        for source in python_files(root, "pipelines")
        if not source.name.startswith("pipelines/warehouse/")
        for line, name in _openings(source)
    ]


def _openings(source: Source) -> Iterator[tuple[int, str]]:
    aliases = {
        alias.asname or alias.name
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name == "duckdb"
    }
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr in OPENERS and ast.unparse(node.value) in aliases:
            yield node.lineno, node.attr
        if isinstance(node, ast.ImportFrom) and node.module == "duckdb":
            yield from ((node.lineno, alias.name) for alias in node.names if alias.name in OPENERS)


def test_libraries_of_the_project_stay_in_their_rooms() -> None:
    assert owner_problems(PROJECT) == []


def test_heavy_libraries_of_the_project_are_imported_late() -> None:
    assert early_import_problems(PROJECT) == []


def test_duckdb_of_the_project_is_opened_by_the_warehouse_only() -> None:
    assert opening_problems(PROJECT) == []


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("job/run.py", "def f():\n    import prefect\n", "only pipelines/flows/ imports prefect"),
        ("job/run.py", "from great_expectations.core import x\n", "only pipelines/validation/"),
        (
            "metrics/query.py",
            "import plotly.graph_objects as go\n",
            "only pipelines/reporting/ imports plotly",
        ),
        ("exports/write.py", "from jinja2 import Template\n", "only pipelines/reporting/ imports jinja2"),
        ("cli.py", "import xlsxwriter\n", "only pipelines/reporting/ imports xlsxwriter"),
        ("metrics/query.py", "import pandas\n", "only pipelines/analysis/ imports pandas"),
    ],
)
def test_library_outside_its_room_is_told(tmp_path: Path, name: str, text: str, expected: str) -> None:
    write(tmp_path, f"pipelines/{name}", text)
    assert [problem for problem in owner_problems(tmp_path) if expected in problem]


@pytest.mark.parametrize("library", sorted(HEAVY))
def test_heavy_library_at_the_top_is_told(tmp_path: Path, library: str) -> None:
    write(tmp_path, "pipelines/exports/read.py", f"try:\n    import {library}\nfinally:\n    x = 1\n")
    assert early_import_problems(tmp_path) == [
        f"pipelines/exports/read.py:2: imports {library} at once; import it in the function that uses it"
    ]


def test_heavy_file_imported_at_once_from_elsewhere_is_told(tmp_path: Path) -> None:
    write(
        tmp_path, "pipelines/validation/rules.py", "from great_expectations.expectations import Expectation\n"
    )
    write(tmp_path, "pipelines/validation/suites.py", "from pipelines.validation.rules import Rule\n")
    write(tmp_path, "pipelines/validation/__init__.py", "from pipelines.validation.suites import run\n")
    write(tmp_path, "pipelines/job/steps.py", "from pipelines.validation import suites\n")
    write(tmp_path, "pipelines/job/run.py", "def f():\n    from pipelines.validation import suites\n")
    problems = early_import_problems(tmp_path)
    assert [problem.split(":")[0] for problem in problems] == [
        "pipelines/job/steps.py",
        "pipelines/validation/__init__.py",
    ]


def test_heavy_library_for_types_or_in_a_function_passes(tmp_path: Path) -> None:
    write(
        tmp_path,
        "pipelines/exports/read.py",
        "if TYPE_CHECKING:\n    import duckdb\n\ndef read():\n    import pandas\n",
    )
    write(tmp_path, "pipelines/flows/daily.py", "from prefect import flow\n")
    assert early_import_problems(tmp_path) == []


@pytest.mark.parametrize(
    "text",
    [
        "import duckdb\nduckdb.connect()\n",
        "import duckdb as d\nd.sql('select 1')\n",
        "from duckdb import connect\n",
        "def f():\n    import duckdb\n    return duckdb.read_parquet('x')\n",
    ],
)
def test_duckdb_opened_elsewhere_is_told(tmp_path: Path, text: str) -> None:
    write(tmp_path, "pipelines/metrics/query.py", text)
    write(tmp_path, "pipelines/warehouse/connection.py", text)
    problems = opening_problems(tmp_path)
    assert len(problems) == 1
    assert problems[0].startswith("pipelines/metrics/query.py:")
