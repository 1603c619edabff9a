"""Write typed Parquet twins: one per part and kind of a landed file, one row per source row, beside its bytes."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines import warehouse
from pipelines.errors import SalesdeskError, UnreadableExport
from pipelines.exports import (
    evidence,
    fault_sql,
    numbers,
    reading,
    readings,
    recognise,
    twin_accounts,
    twin_sql,
)
from pipelines.exports.binding import headers_by_column
from pipelines.exports.declarations import kinds
from pipelines.exports.landing import LandedFile
from pipelines.exports.mapping import Feed, Mapping
from pipelines.exports.readings import Reading
from pipelines.exports.sql_text import literal
from pipelines.warehouse.home import sync_file

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.exports.reading import TextTable
    from pipelines.exports.recognise import Recognition
    from pipelines.settings import Settings

# Snappy: as small as needed and the fastest to write here; a twin can always be made again. Dictionaries for columns of
# few values only: codes of documents rarely repeat, and gathering theirs takes a quarter of the time of writing.
_FORMAT = "format parquet, compression snappy, row_group_size 122880, dictionary_size_limit 4096"


def read_file(
    connection: DuckDBPyConnection,
    file: LandedFile,
    settings: Settings,
    known: Sequence[Mapping],
    made_by: str,
) -> tuple[Reading, ...]:
    """Read one landed file into twins by a connection that `connect` gave, and keep the record of it.

    Raises UnreadableExport, AmbiguousExport or MappingError when it cannot be understood; no twin is left then.
    """
    folder = Path(tempfile.mkdtemp(prefix=".twins-", dir=file.folder))
    try:
        tables = reading.open_tables(file.path, folder / "work", file.name, connection)
        recognised = recognise_tables(tables, file, known)
        found = [
            one
            for number, (table, recognition) in enumerate(zip(tables, recognised, strict=True))
            for one in _read_table(connection, table, recognition, file, settings, folder, number)
        ]
        shutil.rmtree(folder / "work")
        kept = _publish(folder, file, found)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    readings.keep(file, readings.FileRecord(made_by, kept))
    _sweep(file, kept)
    return kept


def recognise_tables(
    tables: Sequence[TextTable], file: LandedFile, known: Sequence[Mapping]
) -> list[Recognition | None]:
    """Return what each table is. None: a sheet or member that is no export, told as skipped beside one that is.

    Hidden sheets count only where no other is an export: they are what a bookkeeper put away, or a copy. Raises the
    error of the first table when none is an export, or any that is ambiguous.
    """
    recognised: dict[int, Recognition] = {}
    refusals: list[UnreadableExport] = []
    for are_hidden in (False, True):
        for number, table in enumerate(tables):
            if table.is_hidden is are_hidden:
                try:
                    recognised[number] = recognise.recognise_table(table, file.name, known)
                except UnreadableExport as refusal:
                    refusals.append(refusal)
        if any(one.feeds for one in recognised.values()):
            break
    if not recognised:
        raise refusals[0] if refusals else _no_table(file)
    return [recognised.get(number) for number in range(len(tables))]


def connect(settings: Settings, *, is_small: bool = False) -> DuckDBPyConnection:
    """Open the connection that reads, of small exports with one thread: in memory, knowing `number()`."""
    connection = warehouse.connect(memory_limit=settings.memory_limit or None, is_small=is_small)
    # Both move what a coalesce or case would rarely compute in front of it, to be computed for every row: ten times
    # slower.
    connection.execute("set disabled_optimizers = 'common_subexpressions,in_clause'")
    connection.execute(f"create macro number(x) as {numbers.number('x')}")
    return connection


def _read_table(
    connection: DuckDBPyConnection,
    table: TextTable,
    recognition: Recognition | None,
    file: LandedFile,
    settings: Settings,
    folder: Path,
    number: int,
) -> list[Reading]:
    if recognition is None or not recognition.feeds:
        mapping = recognition.mapping if recognition else None
        return [twin_accounts.left_out(connection, table.proved(), file, mapping)]
    targets = [
        folder / f"{number:04d}-{turn}-{feed.kind}.parquet" for turn, feed in enumerate(recognition.feeds)
    ]
    looked = table
    if table.closer_look is not None:
        found = _at_first_look(connection, table, recognition, file, settings, targets)
        if found and not any(one.rows_quarantined for one in found):
            return found
        looked = table.proved()
        if found and looked.relation == table.relation and looked.rows_read == found[0].rows_read:
            return found
    return _read_feeds(connection, looked, recognition, file, settings, targets)


def _at_first_look(
    connection: DuckDBPyConnection,
    table: TextTable,
    recognition: Recognition,
    file: LandedFile,
    settings: Settings,
    targets: Sequence[Path],
) -> list[Reading]:
    """Return the readings of a table that was not proved regular; nothing when reading it shows that it is not.

    A blank row, a total, a repeated header has no date, or lacks another thing that its document cannot be without:
    where no row has a fault, there is none of these.
    """
    import duckdb

    if not all(map(twin_sql.shows_misfits, recognition.feeds)):
        return []
    try:
        return _read_feeds(connection, table, recognition, file, settings, targets)
    except (UnreadableExport, duckdb.Error, UnicodeError):
        return []  # the closer look tells what is wrong, or reads it


def _read_feeds(
    connection: DuckDBPyConnection,
    table: TextTable,
    recognition: Recognition,
    file: LandedFile,
    settings: Settings,
    targets: Sequence[Path],
) -> list[Reading]:
    try:
        return [
            _read_feed(connection, table, recognition, feed, file, settings, target)
            for feed, target in zip(recognition.feeds, targets, strict=True)
        ]
    except SalesdeskError as error:
        error.where = ": ".join(dict.fromkeys(place for place in (file.name, error.where) if place))
        raise


def _read_feed(
    connection: DuckDBPyConnection,
    table: TextTable,
    recognition: Recognition,
    feed: Feed,
    file: LandedFile,
    settings: Settings,
    target: Path,
) -> Reading:
    kind = kinds()[feed.kind]
    decided = evidence.decide(connection, table, feed, kind, recognition.mapping, settings)
    _write(connection, twin_sql.query(table, feed, kind, decided.readings), target, file)
    columns = twin_sql.columns(table, feed, kind)
    rows, clean, faulty, amount, amount_faulty = twin_accounts.counted(connection, target, kind, columns)
    return Reading(
        sha256=file.sha256,
        part=table.part,
        kind=kind.name,
        source=recognition.source,
        origin=recognition.origin,
        digest=_digest(feed, decided),
        twin=target.name,
        columns=columns,
        rows_read=_all_rows(file, table, rows),
        rows_clean=clean,
        rows_quarantined=faulty,
        rows_skipped=rows - clean - faulty + table.rows_skipped,
        amount_read=amount,
        amount_quarantined=amount_faulty,
        encoding=table.encoding,
        first_row=table.first_row,
        header=table.header,
        sources=headers_by_column(feed),
        document=feed.document,
        is_snapshot=feed.is_snapshot,
        lookup_kind=feed.lookup_kind,
        lookups={ours: rule.lookup.take for ours, rule in feed.columns.items() if rule.lookup},
        required=fault_sql.required(feed, kind),
        notes=(*twin_accounts.notes(table), *recognition.notes, *decided.notes),
    )


def _digest(feed: Feed, decided: evidence.Evidence) -> str:
    """Return a name for how a table was read."""
    return hashlib.sha256(f"{feed!r}{decided!r}{readings.reader_digest()}".encode()).hexdigest()[:16]


def _write(connection: DuckDBPyConnection, query: str, target: Path, file: LandedFile) -> None:
    import duckdb

    try:
        connection.execute(f"copy ({query}) to {literal(str(target))} ({_FORMAT})")
    except duckdb.OutOfMemoryException as error:
        raise SalesdeskError(
            "The export does not fit into the memory allowed",
            where=file.name,
            found=str(error).splitlines()[0],
            next_step="raise the setting memory_limit, or export smaller files",
        ) from error
    except (duckdb.Error, UnicodeError) as error:
        # A message that quotes half a character cannot even be shown: DuckDB's error is then a UnicodeError.
        raise UnreadableExport(
            "The export could not be read to its end",
            where=file.name,
            found=str(error).splitlines()[0][:300],
            expected="rows that fit the header, and a mapping whose expressions fit the file",
            next_step="salesdesk inspect FILE shows how it was understood",
        ) from error


def _publish(folder: Path, file: LandedFile, found: Sequence[Reading]) -> tuple[Reading, ...]:
    """Give the twins their final place: a new folder, so that a reader of the former ones is not disturbed.

    Their bytes must be safe before the record of them is; a name that a power cut takes away is found to be missing.
    """
    for path in folder.iterdir():
        sync_file(path)
    place = file.folder / folder.name.removeprefix(".")
    folder.rename(place)
    return tuple(replace(one, twin=f"{place.name}/{one.twin}") if one.twin else one for one in found)


def _sweep(file: LandedFile, kept: Sequence[Reading]) -> None:
    """Delete the twins of former readings and of killed runs."""
    current = {one.twin.split("/")[0] for one in kept}
    for path in [*file.folder.glob("twins-*"), *file.folder.glob(".twins-*")]:
        if path.name not in current:
            shutil.rmtree(path, ignore_errors=True)


def _all_rows(file: LandedFile, table: TextTable, rows: int) -> int:
    """Return how many rows a table has, skipped ones too. Raises UnreadableExport when some were not read."""
    expected = table.promised_rows() if table.promised_rows else table.rows_read
    is_known = expected is not None or table.promised_rows is None
    if is_known and expected in (None, rows + table.rows_skipped):
        return rows + table.rows_skipped
    raise UnreadableExport(
        "Rows were lost while the export was read",
        where=f"{file.name}, {table.part}" if table.part else file.name,
        found=f"{rows:,} rows read and {table.rows_skipped:,} skipped",
        expected=f"{expected:,} rows" if expected is not None else "UTF-8 to its end",
        next_step="export the file again; if this stays, report the file's format",
    )


def _no_table(file: LandedFile) -> UnreadableExport:
    return UnreadableExport(
        "The export holds no table",
        where=file.name,
        found="nothing to read",
        expected="a header row and rows below it",
        next_step="export it again",
    )
