"""Fill `ops.files`: for every reading, what became of each of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipelines.errors import SalesdeskError
from pipelines.exports.declarations import kinds
from pipelines.exports.numbering import Numbered

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def fill(connection: DuckDBPyConnection, everything: Sequence[Numbered]) -> None:
    """Insert one row per reading into `ops.files`.

    rows_read = rows_loaded + rows_quarantined + rows_superseded + rows_skipped. A row in quarantine whose document came
    again is superseded, and its money no longer in quarantine: gates judge what is still to be corrected. A file that
    was not known yet at the moment asked for is skipped whole. Raises SalesdeskError when the accounts do not close:
    that is a fault of ours.
    """
    loaded = _loaded(
        connection, {one.reading.kind for one in everything if one.reading.kind and one.is_current}
    )
    superseded = _per_file(connection, "select file_no, sum(row_count) from raw.superseded_rows group by all")
    failed = _per_file(connection, _FAILED_LOOKUPS)
    dropped = _per_file(connection, _DROPPED)
    closed = {number: (rows, money) for number, rows, money in connection.execute(_CLOSED).fetchall()}
    for one in everything:
        reading = one.reading
        closed_rows, closed_money = closed.get(one.file_no, (0, 0))
        counts = (0, 0, 0, reading.rows_read)
        if one.is_current and reading.kind:
            quarantined = reading.rows_quarantined + failed.get(one.file_no, 0) - closed_rows
            skipped = reading.rows_skipped + dropped.get(one.file_no, 0)
            in_raw = loaded.get(one.file_no, 0)
            replaced = reading.rows_clean if one.is_withdrawn else superseded.get(one.file_no, 0)
            counts = (in_raw, quarantined, replaced + closed_rows, skipped)
        _check(one, counts)
        connection.execute(
            f"insert into ops.files values ({', '.join('?' * 19)})",
            [
                one.file_no,
                one.file.sha256,
                one.file.name,
                reading.part,
                reading.kind,
                reading.source,
                one.file.loaded_at.replace(tzinfo=None),
                one.is_current,
                reading.rows_read,
                *counts,
                reading.amount_read,
                None if reading.amount_quarantined is None else reading.amount_quarantined - closed_money,
                reading.encoding,
                max(reading.first_row - 1, 0),
                "；".join(note.zh for note in reading.notes) or None,
                "; ".join(note.en for note in reading.notes) or None,
            ],
        )


def _check(one: Numbered, counts: tuple[int, int, int, int]) -> None:
    if min(counts) < 0 or sum(counts) != one.reading.rows_read:
        raise SalesdeskError(
            "The accounts of an export do not close",
            where=one.file.name,
            found="{} loaded, {} quarantined, {} superseded, {} skipped".format(*counts),
            expected=f"{one.reading.rows_read} rows in all",
            next_step="this is a fault of salesdesk: please report it with the file's header",
        )


def _loaded(connection: DuckDBPyConnection, given: set[str]) -> dict[int, int]:
    found: dict[int, int] = {}
    for kind in sorted(given & set(kinds())):
        found |= _per_file(connection, f"select file_no, count(*) from raw.{kind} group by all")
    return found


def _per_file(connection: DuckDBPyConnection, query: str) -> dict[int, int]:
    return {int(number): int(rows) for number, rows in connection.execute(query).fetchall()}


_FAILED_LOOKUPS = """
    select
        file_no,
        count(*)
    from found_faults
    where reason_code = 'lookup_failed'
    group by all
"""

# A lookup that failed is no fault of the reading: its money was never counted as quarantined.
_CLOSED = """
    select
        file_no,
        count(distinct source_row),
        coalesce(sum(amount) filter (reason_code <> 'lookup_failed'), 0)
    from ops.quarantine
    where status = 'closed' and rule_id is null
    group by all
"""

_DROPPED = """
    select
        file_no,
        count(*)
    from ops.corrections
    where action = 'drop'
    group by all
"""
