"""The exports a user gives: files by name, and what may be one in a folder and below it."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipelines.errors import UnreadableExport

log = logging.getLogger(__name__)

# What programs leave beside exports while they write or open them.
_PARTIAL = re.compile(
    r"^(~\$|\.|_\.)|\.(part|partial|tmp|temp|crdownload|download|swp|lock)$|^(thumbs\.db|desktop\.ini)$",
    re.IGNORECASE,
)
# What people keep beside exports to read; given by name such a file is still looked at, and refused with its reason.
_PAPERS = re.compile(
    r"\.(md|pdf|docx?|pptx?|png|jpe?g|gif|webp|html?|eml|msg|ofd|log|ya?ml|toml|py|sql|ipynb)$", re.IGNORECASE
)


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return a sort key by which `day2` comes before `day10`."""
    pieces = re.split(r"(\d+)", name.casefold())
    return tuple((1, int(piece), "") if piece.isdecimal() else (0, 0, piece) for piece in pieces)


def given_files(paths: Sequence[Path], home: Path) -> list[Path]:
    """Return every file given, once; raises UnreadableExport for one that is missing, or a folder without any."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = list(_walk(path, home))
            if not inside:
                raise unreadable("The folder holds no export", path, "no file", "exports such as orders.csv")
            found += inside
        elif path.is_file():
            found.append(path)
        else:
            raise unreadable(
                "There is no such export", path, "nothing of that name", "a file or a folder of exports"
            )
    return list({path.resolve(): path for path in found}.values())


def _walk(folder: Path, home: Path) -> Iterator[Path]:
    """Yield what may be an export in a folder and below it; HOME, should it stand there, holds none."""
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith((".", "__MACOSX")) and Path(root, name).resolve() != home
        )
        for name in sorted(names):
            path = Path(root, name)
            if _PARTIAL.search(name):
                log.warning("left out %s: a hidden or unfinished file", path)
            elif _PAPERS.search(name):
                log.warning("left out %s: by its name no export", path)
            elif path.is_file():
                yield path


def unreadable(what: str, path: Path, found: str, expected: str) -> UnreadableExport:
    """Return the error that an export cannot be taken in as it is."""
    return UnreadableExport(
        what, where=str(path), found=found, expected=expected, next_step="check the path, or export it again"
    )
