"""Read every landed file into its twins, unless they are there already and still right."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import SalesdeskError, UnreadableExport
from pipelines.exports import currencies, landing, readings, twin
from pipelines.exports.landing import LandedFile
from pipelines.exports.mapping import Mapping, mappings
from pipelines.exports.readings import Reading
from pipelines.warehouse.side_by_side import Piece, side_by_side

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.settings import Settings

    _Answer = tuple[Reading, ...] | SalesdeskError

# Bytes of the largest export up to which several are read side by side, each by one thread: that takes less processor
# time than two threads for one, and leaves none idle while the disk or Python is waited for.
_SMALL = 16_000_000


def read(home: Path, settings: Settings) -> list[Reading]:
    """Return the readings of every landed file, in the order in which the files became known.

    A file is read again only when the reader, a kind, a mapping, the business's time zone or its currency has changed.
    When a file that was never read before cannot be understood, all files landed since are taken out of the landing
    again, so that the next run is not held up by them. Raises UnreadableExport, AmbiguousExport or MappingError, naming
    the file.
    """
    known = known_mappings(home)
    made_by = _made_by(known, settings)
    landed = landing.landed_files(home)
    former = {file.sha256: readings.former(file) for file in landed}
    found = {
        sha256: record.readings for sha256, record in former.items() if record and record.made_by == made_by
    }
    refused: list[SalesdeskError] = []
    new = [file for file in landed if file.sha256 not in found]
    for file, answer in zip(new, _read_anew(new, settings, known, made_by), strict=True):
        if isinstance(answer, SalesdeskError):
            refused.append(answer)
        else:
            found[file.sha256] = answer
    if refused:
        landing.forget([file for file in landed if former[file.sha256] is None])
        raise refused[0] if len(refused) == 1 else _several(refused)
    return [reading for file in landed for reading in found[file.sha256]]


def _read_anew(
    files: Sequence[LandedFile], settings: Settings, known: Sequence[Mapping], made_by: str
) -> list[_Answer]:
    """Read files, the small ones side by side; return for each its readings, or why it cannot be used."""
    if not files:
        return []
    is_small = max(file.size for file in files) < _SMALL

    def answer(connection: DuckDBPyConnection, file: LandedFile) -> _Answer:
        try:
            return twin.read_file(connection, file, settings, known, made_by)
        except SalesdeskError as error:
            return error

    pieces = [Piece(file.sha256, frozenset(), partial(answer, file=file)) for file in files]
    with closing(twin.connect(settings, is_small=is_small)) as connection:
        return side_by_side(connection, pieces, (os.cpu_count() or 1) if is_small else 1)


def unread(home: Path, settings: Settings) -> list[LandedFile]:
    """Return the landed files that the next run has to read, because they are new or reading has changed since."""
    made_by = _made_by(known_mappings(home), settings)
    return [
        file
        for file in landing.landed_files(home)
        if (former := readings.former(file)) is None or former.made_by != made_by
    ]


def known_mappings(home: Path) -> tuple[Mapping, ...]:
    """Return the shipped mappings and the user's own, in `mappings/` of the working folder and of HOME."""
    folders = dict.fromkeys((Path("mappings").resolve(), (home / "mappings").resolve()))
    return mappings(*(folder for folder in folders if folder.is_dir()))


def _made_by(known: Sequence[Mapping], settings: Settings) -> str:
    business = (settings.time_zone, settings.base_currency or currencies.HOME)
    told = [readings.reader_digest(), *business, *(f"{one.source}:{one.digest}" for one in known)]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _several(refused: Sequence[SalesdeskError]) -> UnreadableExport:
    return UnreadableExport(
        f"{len(refused)} exports cannot be used; nothing was loaded",
        found="\n".join(str(error) for error in refused),
        next_step="mend or leave out these files, then run again with the others",
    )
