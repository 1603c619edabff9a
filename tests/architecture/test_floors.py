"""A file imports its own floor or a lower one; the rooms of the middle never import each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture.source import PROJECT, imported, python_files, write

GROUND = {"", "errors", "header_text", "recipients", "resources", "settings", "this_process", "warehouse"}
MIDDLE = {"exports", "validation", "metrics", "reporting", "delivery", "demo", "spark"}
FLOORS = (GROUND, MIDDLE, {"job"}, {"analysis"}, {"flows"}, {"cli", "__main__"})


def room_of(module: str) -> str:
    """Return the room of `pipelines.<room>.…`; the package itself is part of the ground."""
    return module.split(".")[1] if "." in module else ""


def floor_of(room: str) -> int | None:
    return next((number for number, rooms in enumerate(FLOORS) if room in rooms), None)


def floor_problems(root: Path) -> list[str]:
    """Return every import that climbs or crosses the middle, and every room that has no floor."""
    problems = []
    for source in python_files(root, "pipelines"):
        room = room_of(source.module)
        floor = floor_of(room)
        if floor is None:
            problems.append(f"{source.name}: the room {room!r} is on no floor")
            continue
        for line, name in imported(source):
            if name.split(".")[0] != "pipelines":
                continue
            other = room_of(name)
            # `from pipelines import __version__` reads the package itself.
            other_floor = 0 if other.startswith("__") and other != "__main__" else floor_of(other)
            if other_floor is None:
                problems.append(f"{source.name}:{line}: imports {name}, which is on no floor")
            elif other_floor > floor:
                problems.append(f"{source.name}:{line}: {room or 'the package'} imports {other} from above")
            elif other != room and other_floor == floor and {room, other} <= MIDDLE:
                problems.append(f"{source.name}:{line}: {room} imports {other}, a room of the same floor")
    return problems


def test_floors_of_the_project_only_look_down() -> None:
    assert floor_problems(PROJECT) == []


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (
            "warehouse/models.py",
            "from pipelines.metrics import query\n",
            "warehouse imports metrics from above",
        ),
        (
            "warehouse/models.py",
            "def f():\n    from pipelines import job\n",
            "warehouse imports job from above",
        ),
        ("errors.py", "import pipelines.cli\n", "errors imports cli from above"),
        ("job/run.py", "from pipelines.flows import daily\n", "job imports flows from above"),
        (
            "metrics/query.py",
            "from pipelines.exports import read\n",
            "metrics imports exports, a room of the same",
        ),
        ("demo/write.py", "from ..reporting import pages\n", "demo imports reporting, a room of the same"),
        ("demo/__init__.py", "from ..reporting import pages\n", "demo imports reporting, a room of the same"),
        ("job/steps.py", "from pipelines.analysis import read\n", "job imports analysis from above"),
        ("utils/text.py", "", "the room 'utils' is on no floor"),
        ("job/run.py", "import pipelines.text\n", "imports pipelines.text, which is on no floor"),
    ],
)
def test_floors_of_a_bad_sample_are_told(tmp_path: Path, name: str, text: str, expected: str) -> None:
    write(tmp_path, f"pipelines/{name}", text)
    problems = floor_problems(tmp_path)
    assert len(problems) == 1
    assert expected in problems[0]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("metrics/query.py", "from pipelines import warehouse\nfrom pipelines.metrics import catalog\n"),
        ("job/run.py", "from pipelines import exports, metrics, validation\n"),
        ("cli/main.py", "from pipelines import __version__\nfrom pipelines.flows import daily\n"),
        ("metrics/__init__.py", "from .query import rows\n"),
    ],
)
def test_floors_of_a_good_sample_pass(tmp_path: Path, name: str, text: str) -> None:
    write(tmp_path, f"pipelines/{name}", text)
    assert floor_problems(tmp_path) == []
