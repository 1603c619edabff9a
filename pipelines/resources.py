"""Where the project's own SQL, suites, report sources and notebooks are, in a checkout and in a wheel."""

from __future__ import annotations

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
