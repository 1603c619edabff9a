"""Where the project's own SQL, suites, report sources and notebooks are, in a checkout and in a wheel."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def path(folder: str) -> Path:
    """Return the folder of resources named `folder`, such as `sql` or `expectations`.

    Raises FileNotFoundError when the installation is broken: no wheel's copy and no checkout's is there.
    """
    for candidate in (_PACKAGE / "_resources" / folder, _PACKAGE.parent / folder):
        if candidate.is_dir():
            return candidate
    message = f"salesdesk is installed without its resource folder {folder!r}"
    raise FileNotFoundError(message)


def run_sql(stem: str) -> str:
    """Return one statement of `sql/run/`."""
    return (path("sql") / "run" / f"{stem}.sql").read_text(encoding="utf-8")


@cache
def git_commit() -> str:
    """Return the commit this code is of, `-dirty` when it was changed since; empty where nobody can know.

    A checkout asks git, a wheel carries what git said when it was built.
    """
    told = _PACKAGE / "_resources" / "commit"
    if told.is_file():
        return told.read_text(encoding="utf-8").strip()
    if not (_PACKAGE.parent / ".git").exists():
        return ""
    return described_by_git(_PACKAGE.parent)


def described_by_git(checkout: Path) -> str:
    """Return what git says of a checkout, or nothing when there is no git to ask."""
    command = ["git", "-C", str(checkout), "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)  # noqa: S603 - git
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()
