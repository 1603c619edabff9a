"""SHARED_DATA.md: every real export of the shared folder, what became of its rows, and the figures reached.

`python -m tests.exports.shared_table` writes it anew, where the shared folder is there; it takes some minutes.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.conftest import shared_folder
from tests.exports.shared_figures import FIGURES, Figure, land_and_read, loaded, reached

DOCUMENT = Path(__file__).resolve().parent / "SHARED_DATA.md"
_FILES = """\
# Real exports, read

Written by `python -m tests.exports.shared_table` from the real exports kept outside the project, and checked line by
line in `test_shared_data.py`, which skips where they are absent. A file is landed alone. Rows are counted once per kind
that a file feeds, and in each table of it read = loaded + quarantined + superseded + skipped. "left out" is a known
file of which nothing is taken; its mapping says why. Quarantine holds on purpose the rows that wait for the orders file
beside them, have lost leading zeros, or belong to deleted documents.

| file | mapping | kinds | read | loaded | quarantined | superseded | skipped |
|---|---|---|--:|--:|--:|--:|--:|
"""
_FIGURES = """
## Figures known from outside

Computed without this project: see the folder's README and the comments in `shared_figures.py`. Order value, net
November and the first cohort of Online Retail are in `test_online_retail.py`.

| figure | folders | known | reached |
|---|---|---|---|
"""


@dataclass(frozen=True)
class Account:
    """What became of one file: its mappings, the kinds it feeds, and per table of it the rows.

    A table's rows are those read, loaded, quarantined, superseded, skipped.
    """

    name: str
    sources: tuple[str, ...]
    kinds: tuple[str, ...]
    by_table: tuple[tuple[int, ...], ...]

    @property
    def totals(self) -> tuple[int, ...]:
        """The rows of all tables: read, loaded, quarantined, superseded, skipped."""
        return tuple(map(sum, zip(*self.by_table, strict=True)))

    @property
    def quarantined(self) -> int:
        """The rows in quarantine."""
        return self.totals[2]


def account(data: Path, name: str, home: Path) -> Account:
    """Land one file in an empty HOME, and return what became of it."""
    readings = land_and_read(home, data / name)
    with closing(loaded(home)) as connection:
        rows = connection.execute(
            "select rows_read, rows_loaded, rows_quarantined, rows_superseded, rows_skipped from ops.files"
        ).fetchall()
    return Account(
        name=name,
        sources=tuple(sorted({reading.source for reading in readings} - {""})),
        kinds=tuple(sorted({each.kind for each in readings if each.rows_clean or each.rows_quarantined})),
        by_table=tuple(rows),
    )


def file_line(found: Account) -> str:
    """Return a file's line of the document."""
    counts = " | ".join(f"{count:,}" for count in found.totals)
    return (
        f"| {found.name} | {', '.join(found.sources)} | {', '.join(found.kinds) or 'left out'} | {counts} |"
    )


def figure_line(figure: Figure, found: Sequence[Any] | None) -> str:
    """Return a figure's line of the document."""
    folders = ", ".join(figure.folders)
    return f"| {figure.name} | {folders} | {_plain(figure.expected)} | {_plain(found or ())} |"


def _plain(values: Sequence[Any]) -> str:
    return " · ".join(f"{Decimal(value).normalize():,f}" for value in values)


def document(data: Path) -> str:
    """Return the whole document, computed anew."""
    names = sorted(
        path.relative_to(data).as_posix()
        for path in data.rglob("*")
        if path.is_file() and path.suffix != ".md"
    )
    with tempfile.TemporaryDirectory() as folder:
        homes = (Path(folder) / str(number) for number in range(len(names) + len(FIGURES)))
        files = [file_line(account(data, name, next(homes))) for name in names]
        figures = [figure_line(figure, reached(figure, data, next(homes))) for figure in FIGURES]
    return _FILES + "\n".join(files) + "\n" + _FIGURES + "\n".join(figures) + "\n"


if __name__ == "__main__":
    shared = shared_folder()
    if (shared / "data").is_dir():
        DOCUMENT.write_text(document(shared / "data"), encoding="utf-8")
    else:
        sys.stderr.write(f"{DOCUMENT.name} is left as it is: the real exports are not in {shared}\n")
