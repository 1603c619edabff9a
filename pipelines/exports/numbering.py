"""Number the readings in the order in which they became known, for one build."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from pipelines.errors import LandingDamaged
from pipelines.exports import landing, readings
from pipelines.exports.declarations import Kind, kinds
from pipelines.exports.landing import LandedFile
from pipelines.exports.readings import Reading


@dataclass(frozen=True)
class Numbered:
    """A reading in a build. `file_no` numbers readings, `rank` the files they come from; larger is known later.

    `is_current`: known at the moment asked for. `is_withdrawn`: an older load of a source whose files are snapshots.
    """

    file_no: int
    rank: int
    file: LandedFile
    reading: Reading
    is_current: bool
    is_withdrawn: bool = False

    @property
    def twin(self) -> Path:
        """The twin's path; only for a reading that has a kind."""
        return (self.file.folder / self.reading.twin).resolve()

    @property
    def kind(self) -> Kind:
        """The kind; only for a reading that has one."""
        return kinds()[self.reading.kind]

    @property
    def document(self) -> tuple[str, ...]:
        """The columns that name a document in this reading, where they are not the kind's own."""
        return self.reading.document


def numbered(home: Path, known_at: datetime | None) -> list[Numbered]:
    """Return every reading of the landing, numbered.

    Raises LandingDamaged when a landed file was never read: reading comes before loading.
    """
    found: list[Numbered] = []
    for rank, file in enumerate(landing.landed_files(home), start=1):
        record = readings.former(file)
        if record is None:
            raise LandingDamaged(
                "A landed export has not been read",
                where=str(file.folder),
                found="no record of its reading, or its twin is gone",
                next_step="run again: it is read anew",
            )
        is_current = known_at is None or file.loaded_at <= _utc(known_at)
        found += [
            Numbered(len(found) + number, rank, file, reading, is_current)
            for number, reading in enumerate(record.readings, start=1)
        ]
    return _without_withdrawn(found)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _without_withdrawn(found: Sequence[Numbered]) -> list[Numbered]:
    """Mark the readings that a newer snapshot of the same source and kind replaces whole.

    A snapshot may come in several files: those of one load belong together.
    """
    newest: dict[tuple[str, str], datetime] = {}
    for one in found:
        if one.reading.is_snapshot and one.is_current:
            key = (one.reading.source, one.reading.kind)
            newest[key] = max(newest.get(key, one.file.loaded_at), one.file.loaded_at)
    return [replace(one, is_withdrawn=one.file.loaded_at < _newest(newest, one)) for one in found]


def _newest(newest: dict[tuple[str, str], datetime], one: Numbered) -> datetime:
    return newest.get((one.reading.source, one.reading.kind), one.file.loaded_at)
