"""The archive: figures and pages of a closing day, kept until a person deletes them."""

from __future__ import annotations

import os
import shutil
from datetime import date
from typing import TYPE_CHECKING

from pipelines.warehouse.home import sync_folder
from pipelines.warehouse.state import run_of

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.warehouse.home import Home


def keep(home: Home, snapshot: Path, as_of: date) -> Path:
    """Keep a snapshot, its pages and its notebooks' pages as `archive/<as_of>/`, and return that folder.

    The database file shares its bytes with the snapshot where the file system can. The folder appears whole;
    archiving the same day again replaces it.
    """
    root = home.root / "archive"
    root.mkdir(mode=0o700, exist_ok=True)
    draft = root / f".{as_of.isoformat()}.draft"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    _link_or_copy(snapshot, draft / "warehouse.duckdb")
    pages = home.reports / run_of(snapshot)
    if pages.is_dir():
        shutil.copytree(pages, draft / "reports")
    notebooks = home.reports / "notebooks" / run_of(snapshot)
    if notebooks.is_dir():
        shutil.copytree(notebooks, draft / "notebooks")
    final = root / as_of.isoformat()
    former = root / f".{as_of.isoformat()}.former"
    shutil.rmtree(former, ignore_errors=True)
    if final.exists():
        final.rename(former)
    draft.rename(final)
    sync_folder(root)
    shutil.rmtree(former, ignore_errors=True)
    return final


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        # a file system without hard links: the same bytes, twice the space
        shutil.copy2(source, target)
