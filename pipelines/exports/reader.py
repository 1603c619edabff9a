"""Read every landed file into its twins, unless they are there already and still right."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import SalesdeskError, UnreadableExport
from pipelines.exports import landing, readings, twin
from pipelines.exports.landing import LandedFile
from pipelines.exports.mapping import Mapping, mappings
from pipelines.exports.readings import Reading

if TYPE_CHECKING:
    from pipelines.settings import Settings

log = logging.getLogger(__name__)

# Bytes of exports up to which one thread reads them in less processor time and no more wall time than two: some
# 80,000 order lines with all that belongs to them.
_SMALL = 32_000_000


def read(home: Path, settings: Settings) -> list[Reading]:
    """Return the readings of every landed file, in the order in which the files became known.

    A file is read again only when the reader, a kind, a mapping or the business's time zone has changed. When a file
    that was never read before cannot be understood, all files landed since are taken out of the landing again, so that
    the next run is not held up by them. Raises UnreadableExport, AmbiguousExport or MappingError, naming the file.
    """
    known = known_mappings(home)
    made_by = _made_by(known, settings)
    found: list[Reading] = []
    fresh: list[LandedFile] = []
    refused: list[SalesdeskError] = []
    landed = landing.landed_files(home)
    is_small = sum(file.size for file in landed) < _SMALL
    with ExitStack() as opened:
        connection = None
        for file in landed:
            former = readings.former(file)
            if former is not None and former.made_by == made_by:
                found += former.readings
                continue
            if former is None:
                fresh.append(file)
            connection = connection or opened.enter_context(
                closing(twin.connect(settings, is_small=is_small))
            )
            try:
                found += twin.read_file(connection, file, settings, known, made_by)
            except SalesdeskError as error:
                refused.append(error)
    if refused:
        landing.forget(fresh)
        raise refused[0] if len(refused) == 1 else _several(refused)
    return found


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
    told = [readings.reader_digest(), settings.time_zone, *(f"{one.source}:{one.digest}" for one in known)]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _several(refused: Sequence[SalesdeskError]) -> UnreadableExport:
    return UnreadableExport(
        f"{len(refused)} exports cannot be used; nothing was loaded",
        found="\n".join(str(error) for error in refused),
        next_step="mend or leave out these files, then run again with the others",
    )
