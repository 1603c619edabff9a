"""Load the landing into a draft: `raw.<kind>` with current rows only, and the accounts of every file in `ops`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import MappingError
from pipelines.exports import (
    accounts,
    contents,
    corrections,
    current,
    quarantine,
    replacement,
    versions,
    waiting_corrections,
)
from pipelines.exports.declarations import kinds
from pipelines.exports.numbering import Numbered, numbered

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.settings import Settings


def load(connection: DuckDBPyConnection, home: Path, settings: Settings, run_id: str = "") -> dict[str, str]:
    """Create `raw.<kind>` for every kind, and fill `ops.files`, `ops.quarantine` and `ops.quarantined_rows`.

    `raw.<kind>`: file_no, source_row, then the kind's columns; rows that typed cleanly, of current documents, as known
    at `settings.known_at`. Empty where no file gave the kind. Per file exactly: rows read = loaded + quarantined +
    superseded + skipped. `raw.order_versions` keeps what was replaced of orders. Return a digest of what each relation
    holds. Raises MappingError when a declared correction no longer fits its row.
    """
    everything = numbered(home, settings.known_at)
    current_ones = [one for one in everything if one.reading.kind and one.is_current]
    standing = [one for one in current_ones if not one.is_withdrawn]
    connection.execute("create schema if not exists raw")
    connection.execute("create schema if not exists ops")
    _create_twins(connection, current_ones)
    replacement.find_superseded(connection, standing)
    versioned = [one for one in current_ones if one.reading.kind in versions.KINDS]
    versions.create(connection, versioned)
    by_kind: dict[str, list[Numbered]] = {kind: [] for kind in kinds()}
    for one in standing:
        by_kind[one.reading.kind].append(one)
    repairs = corrections.declared(home)
    waiting_corrections.tell(repairs, everything)
    for kind in _in_order(by_kind):
        current.create(connection, kinds()[kind], by_kind[kind])
        corrections.apply(connection, kinds()[kind], repairs, by_kind[kind])
        if kind == "customer_aliases":
            current.create_aliases(connection)
    quarantine.fill(connection, current_ones, run_id)
    accounts.fill(connection, everything)
    return contents.digests(connection, {**by_kind, "order_versions": versioned})


def _create_twins(connection: DuckDBPyConnection, ones: Sequence[Numbered]) -> None:
    """Create `raw.twins`: one row per reading, where its typed rows are and how they are numbered."""
    connection.execute(
        "create or replace table raw.twins "
        "(file_no integer, rank integer, origin varchar, path varchar, first_row bigint)"
    )
    values = [
        (one.file_no, one.rank, one.reading.origin, str(one.twin), one.reading.first_row) for one in ones
    ]
    if values:
        connection.executemany("insert into raw.twins values (?, ?, ?, ?, ?)", values)


def _in_order(by_kind: dict[str, list[Numbered]]) -> list[str]:
    """Return the kinds, those that others look values up in first; customer aliases before all.

    Raises MappingError when kinds look each other up.
    """
    waiting = {kind: {one.reading.lookup_kind for one in ones} - {""} for kind, ones in by_kind.items()}
    order = ["customer_aliases"]
    del waiting["customer_aliases"]
    while waiting:
        ready = sorted(kind for kind, needed in waiting.items() if needed <= set(order))
        if not ready:
            raise MappingError(
                "Mappings look values up in each other",
                found=", ".join(sorted(waiting)),
                expected="lookups that lead from one kind to another and not back",
                next_step="take one lookup out of these mappings",
            )
        order += ready
        for kind in ready:
            del waiting[kind]
    return order
