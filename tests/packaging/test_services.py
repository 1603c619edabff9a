"""What ships for a machine that runs by itself: units, container and compose file are sound and closed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[2]
UNITS = sorted((PROJECT / "pipelines" / "flows" / "units").iterdir())


def _needed(tool: str) -> str:
    found = shutil.which(tool, path=os.pathsep.join([str(Path(sys.executable).parent), *os.get_exec_path()]))
    if found is None:
        pytest.skip(f"{tool} is not installed here")
    return found


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_unit_is_sound_to_systemd(unit: Path, tmp_path: Path) -> None:
    for each in UNITS:
        text = each.read_text(encoding="utf-8").replace("/opt/salesdesk/bin/salesdesk", "/bin/true")
        (tmp_path / each.name).write_text(text, encoding="utf-8")
    command = [_needed("systemd-analyze"), "verify", "--man=no", str(tmp_path / unit.name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "Failed to initialize manager" in done.stderr or "Operating System" in done.stderr:
        pytest.skip(f"systemd verifies nothing here: {done.stderr.strip()}")
    about_it = [line for line in done.stderr.splitlines() if str(tmp_path) in line or unit.name in line]
    assert (done.returncode, about_it) == (0, [])


@pytest.mark.parametrize(
    "unit", [path for path in UNITS if path.suffix == ".service"], ids=lambda path: path.name
)
def test_service_is_closed_and_holds_no_secret(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    for line in (
        "NoNewPrivileges=true",
        "ProtectSystem=strict",
        "ProtectHome=true",
        "UMask=0077",
        "User=salesdesk",
    ):
        assert line in text, line
    assert "PASSWORD" not in text


def test_dockerfile_is_clean_to_hadolint() -> None:
    done = subprocess.run(
        [_needed("hadolint"), str(PROJECT / "Dockerfile")], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_dockerfile_installs_from_the_hashed_lock_and_runs_as_nobody_known() -> None:
    text = (PROJECT / "Dockerfile").read_text(encoding="utf-8")
    assert "--require-hashes" in text
    assert "\nUSER 10001\n" in text
    for line in text.splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            for source in line.split()[1:-1]:
                assert (PROJECT / source).exists(), source


def test_compose_publishes_no_port_and_gives_no_rights() -> None:
    told = yaml.safe_load((PROJECT / "compose.yaml").read_text(encoding="utf-8"))
    for name, service in told["services"].items():
        assert "ports" not in service, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
