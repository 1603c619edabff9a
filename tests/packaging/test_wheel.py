"""A wheel carries the project's own resources, and its command works far from any checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
FOLDERS = ("sql", "expectations", "reports", "notebooks")
# What hatchling reads: no environment, no caches, no HOME.
PARTS = ("pipelines", *FOLDERS, "pyproject.toml", "hatch_build.py", "README.md", "LICENSE")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy, as pip would, with nothing downloaded."""
    folder = tmp_path_factory.mktemp("wheel")
    copy = folder / "checkout"
    copy.mkdir()
    for part in PARTS:
        source = PROJECT / part
        if source.is_dir():
            shutil.copytree(
                source, copy / part, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
            )
        else:
            shutil.copy(source, copy / part)
    build = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", build, str(folder)], cwd=copy, capture_output=True, text=True, check=True
    )
    return folder / done.stdout.splitlines()[-1]


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Unpack the wheel into a folder of its own, as an installer lays it out."""
    target = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target


def run_installed(installed: Path, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1"}
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=installed.parent,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("folder", FOLDERS)
def test_wheel_holds_every_resource_of_the_checkout(wheel: Path, folder: str) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name.removeprefix(f"pipelines/_resources/{folder}/") for name in archive.namelist()}
    own = {
        path.relative_to(PROJECT / folder).as_posix()
        for path in (PROJECT / folder).rglob("*")
        if path.is_file() and not {"__pycache__", ".ipynb_checkpoints"} & set(path.parts)
    }
    assert own
    assert own - held == set()


def test_wheel_holds_the_package_data_and_no_tests(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    own = {
        path.relative_to(PROJECT).as_posix()
        for path in (PROJECT / "pipelines").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert own - names == set()
    assert not {name.split("/")[0] for name in names} - {
        "pipelines",
        wheel.name.rsplit("-", 3)[0] + ".dist-info",
    }


def test_wheel_declares_the_command(installed: Path) -> None:
    entry_points = next(installed.glob("*.dist-info")) / "entry_points.txt"
    assert "salesdesk = pipelines.cli:main" in entry_points.read_text(encoding="utf-8")


def test_wheel_reads_its_own_resources(installed: Path) -> None:
    code = "from pipelines import resources; import sys; print(*map(resources.path, sys.argv[1:]), sep='\\n')"
    done = run_installed(installed, code, *FOLDERS)
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        str(installed / "pipelines" / "_resources" / folder) for folder in FOLDERS
    ]


def test_wheel_command_gives_help(installed: Path) -> None:
    code = "import sys; sys.argv[0] = 'salesdesk'; from pipelines.cli import main; sys.exit(main())"
    done = run_installed(installed, code, "--help")
    assert done.returncode == 0, done.stderr
    assert "run" in done.stdout
    assert "demo" in done.stdout
