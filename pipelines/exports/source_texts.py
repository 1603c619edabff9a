"""The texts of single source rows, read again from the landing: a twin keeps only those of rows it could not type."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines import warehouse
from pipelines.exports import landing, reading, readings
from pipelines.exports.declarations import kinds
from pipelines.exports.landing import LandedFile
from pipelines.exports.sql_text import name

if TYPE_CHECKING:
    from pipelines.exports.reading import TextTable


@dataclass(frozen=True)
class SourceTexts:
    """Rows of one part of a landed file as they stand there: the header, and by row number its texts.

    `sources` tells under which headers each of our columns stands.
    """

    part: str
    header: tuple[str, ...]
    rows: dict[int, tuple[str | None, ...]]
    sources: dict[str, tuple[str, ...]]

    def headers_of(self, columns: Collection[str], kind_name: str) -> frozenset[str]:
        """Return the headers to look at for a fault in these columns of ours.

        A column that was computed, or that the file lacks, leads to what it would be computed from, and where that is
        not there either to the columns that name the document.
        """
        told = [header for column in columns for header in self.sources.get(column, ())]
        kind = kinds().get(kind_name)
        if not told and kind is not None:
            amounts = [column for group in kind.one_of for column in group]
            for others in (amounts if any("amount" in column for column in columns) else [], kind.document):
                told = told or [header for column in others for header in self.sources.get(column, ())]
        return frozenset(told)


def of(home: Path, sha256: str, wanted: dict[str, set[int]]) -> Iterator[SourceTexts]:
    """Yield the texts of the rows wanted, by part, of the landed file of this hash; nothing when it is not there.

    Raises UnreadableExport when the file can no longer be read.
    """
    file = landing.landed_file(home, sha256)
    record = readings.former(file) if file else None
    if file is None or record is None:
        return
    with tempfile.TemporaryDirectory(prefix="salesdesk-") as folder:
        for table in reading.open_tables(file.path, Path(folder), file.name):
            numbers = wanted.get(table.part)
            if numbers:
                yield _read(table.proved(), numbers, record, file)


def _read(table: TextTable, numbers: set[int], record: readings.FileRecord, file: LandedFile) -> SourceTexts:
    sources: dict[str, tuple[str, ...]] = {}
    for one in record.readings:
        if (one.sha256, one.part) == (file.sha256, table.part):
            sources |= one.sources
    place = name(table.row_column) if table.row_column else f"row_number() over () + {table.first_row - 1}"
    cells = ", ".join(map(name, table.header))
    with closing(warehouse.connect()) as connection:
        found = connection.execute(
            f"select * from (select {place} as _place, {cells} from {table.relation}) "
            "where _place in (select unnest(?::bigint[]))",
            [sorted(numbers)],
        ).fetchall()
    return SourceTexts(table.part, table.header, {row[0]: tuple(row[1:]) for row in found}, sources)
