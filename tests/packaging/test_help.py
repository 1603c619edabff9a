"""`salesdesk --help` and `salesdesk run --help` stay instant: they load nothing heavy."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.architecture.source import PROJECT
from tests.architecture.test_libraries import HEAVY

PROBE = """
import contextlib, io, sys
sys.argv = ["salesdesk", *sys.argv[1:]]
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    {statement}
print(*sorted({{name.split(".")[0] for name, module in sys.modules.items() if module is not None}}))
"""
# Not the project's own business to import, but as slow as the rest.
SLOW = HEAVY | {"fastapi", "numpy", "scipy", "sqlalchemy"}


def loaded_by(statement: str, *arguments: str) -> set[str]:
    """Return the top-level modules that a fresh Python holds after the statement."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE.format(statement=statement), *arguments],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("arguments", [("--help",), ("run", "--help"), ("demo", "--help")])
def test_help_loads_no_heavy_library(arguments: tuple[str, ...]) -> None:
    loaded = loaded_by("from pipelines.cli import main; main()", *arguments)
    assert "pipelines" in loaded
    assert loaded & SLOW == set()


def test_probe_sees_a_heavy_library() -> None:
    assert "duckdb" in loaded_by("import duckdb")
