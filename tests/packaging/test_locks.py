"""The locks pin and hash everything, fit pyproject.toml and each other, and name no host and no path."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from packaging.markers import Marker

PROJECT = Path(__file__).resolve().parents[2]
LOCKS = {
    "requirements.lock": {"build"},
    "requirements-dev.lock": {"build", "dev", "notebooks"},
    "requirements-lab.lock": {"build", "lab", "notebooks"},
    "requirements-bench.lock": {"build", "bench"},
    "requirements-spark.lock": {"spark"},
}
PYTHONS = ("3.11", "3.12", "3.13")
PIN = re.compile(r"^(?P<requirement>[a-z0-9][a-z0-9-]*(?:\[[a-z0-9, -]+\])?==[^\s;]+(?: ; [^\\]+)?) \\$")
HASH = re.compile(r"^ {4}--hash=sha256:[0-9a-f]{64}(?P<more> \\)?$")
ELSEWHERE = re.compile(r"://|\s@\s|^-|(^|\s)[./~][\w.-]*/|file:|git\+", re.MULTILINE)


@dataclass(frozen=True)
class Pin:
    name: str
    version: str
    marker: Marker | None

    def holds(self, python: str) -> bool:
        environment = {
            "python_version": python,
            "python_full_version": f"{python}.9",
            "sys_platform": "linux",
        }
        return self.marker is None or self.marker.evaluate(environment)


def lock_problems(text: str) -> list[str]:
    """Return every line that is neither a pin nor a hash, every pin without a hash, every place named."""
    problems = [f"names a place: {match.group()!r}" for match in ELSEWHERE.finditer(text)]
    awaited = False
    for number, line in enumerate(text.splitlines(), start=1):
        if PIN.match(line):
            if awaited:
                problems.append(f"line {number}: the pin before it has no hash")
            awaited = True
        elif match := HASH.match(line):
            awaited = match["more"] is not None
        else:
            problems.append(f"line {number}: neither a pin nor a hash: {line}")
    return [*problems, *(["the last pin has no hash"] if awaited else [])]


def pins(name: str) -> list[Pin]:
    matches = (PIN.match(line) for line in (PROJECT / name).read_text(encoding="utf-8").splitlines())
    requirements = [Requirement(match["requirement"]) for match in matches if match]
    return [Pin(each.name, next(iter(each.specifier)).version, each.marker) for each in requirements]


def declared(extras: set[str]) -> list[Requirement]:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"]]
    for extra in sorted(extras):
        lines.extend(project["optional-dependencies"][extra])
    return [each for each in map(Requirement, lines) if each.name != "salesdesk"]


@pytest.mark.parametrize("name", LOCKS)
def test_lock_is_pins_and_hashes_only(name: str) -> None:
    assert lock_problems((PROJECT / name).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("name", LOCKS)
def test_lock_gives_every_declared_dependency_once_per_python(name: str, python: str) -> None:
    held = [pin for pin in pins(name) if pin.holds(python)]
    versions = {pin.name: pin.version for pin in held}
    assert len(versions) == len(held)
    missing = {
        str(each)
        for each in declared(LOCKS[name])
        if not each.specifier.contains(versions.get(canonicalize_name(each.name), "none"))
    }
    assert missing == set()


@pytest.mark.parametrize(
    "name", ["requirements-dev.lock", "requirements-lab.lock", "requirements-bench.lock"]
)
def test_larger_lock_holds_the_core_pins_unchanged(name: str) -> None:
    core = {(pin.name, pin.version) for pin in pins("requirements.lock")}
    assert core - {(pin.name, pin.version) for pin in pins(name)} == set()


def test_jupyterlab_is_in_its_own_lock_only() -> None:
    holders = {name for name in LOCKS if "jupyterlab" in {pin.name for pin in pins(name)}}
    assert holders == {"requirements-lab.lock"}


def test_pins_known_to_break_the_scheduler_are_kept_out() -> None:
    versions = {
        pin.name: tuple(int(part) for part in pin.version.split(".")[:2]) for pin in pins("requirements.lock")
    }
    assert versions["fastapi"] < (0, 151)
    assert versions["sqlalchemy"] < (2, 1)
    assert versions["duckdb"] != (2, 0)


@pytest.mark.parametrize(
    "text",
    [
        "rich==15.0.0\n",
        "rich==15.0.0 \\\n",
        f"rich>=15 \\\n    --hash=sha256:{'0' * 64}\n",
        f"rich==15.0.0 \\\n    --hash=sha256:{'0' * 63}\n",
        f"rich @ https://example.org/rich.whl \\\n    --hash=sha256:{'0' * 64}\n",
        f"--index-url https://example.org/simple\nrich==15.0.0 \\\n    --hash=sha256:{'0' * 64}\n",
        f"-e ./wheels/rich\nrich==15.0.0 \\\n    --hash=sha256:{'0' * 64}\n",
        f"rich==15.0.0 \\\ntyper==1 \\\n    --hash=sha256:{'0' * 64}\n",
        f"rich==15.0.0 \\\n    --hash=sha256:{'0' * 64} \\\n",
    ],
)
def test_bad_lock_is_told(text: str) -> None:
    assert lock_problems(text) != []


def test_good_lock_passes() -> None:
    digest = "0" * 64
    pin = "rich==15.0.0 ; python_full_version < '3.12'"
    text = f"{pin} \\\n    --hash=sha256:{digest} \\\n    --hash=sha256:{digest}\n"
    assert lock_problems(text) == []
