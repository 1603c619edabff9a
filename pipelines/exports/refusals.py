"""Rows that a rule refused in a former run: still open since then, or closed by a later file.

A twin tells on every build which of its rows could not be typed. What a rule refused is known only from the run that
asked it: it is remembered from the former publication.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.exports import relations
from pipelines.exports.declarations import kinds
from pipelines.exports.numbering import Numbered, numbered
from pipelines.exports.sql_text import literal

if TYPE_CHECKING:
    from datetime import datetime

    from duckdb import DuckDBPyConnection

    from pipelines.settings import Settings


def remember(
    connection: DuckDBPyConnection, home: Path, settings: Settings, *, former: str, at: datetime
) -> None:
    """Carry the refusals of an attached former publication into the draft's `ops.quarantine`.

    To be called when the rules have been asked again, and while `raw` is there. A row refused again keeps the moment it
    was opened first. Any other is closed: by the file that holds its document again, else (what it lacked came from
    elsewhere, or the rule is gone) at the moment given. Rows of files that this build does not know are left out.
    """
    connection.execute(_BEFORE.format(former=former))
    connection.execute(_STILL_OPEN)
    closed = connection.execute(_CLOSED).fetchall()
    rows: dict[int, list[int]] = {}
    for file_no, source_row in closed:
        rows.setdefault(file_no, []).append(source_row)
    by_number = {one.file_no: one for one in numbered(home, settings.known_at)}
    connection.execute(
        "create or replace temp table closers "
        "(file_no integer, source_row bigint, file_name varchar, loaded_at timestamp)"
    )
    for file_no, numbers in rows.items():
        _find_closers(connection, by_number[file_no], numbers, by_number.values())
    connection.execute(_CLOSE, {"at": at.replace(tzinfo=None)})


def _find_closers(
    connection: DuckDBPyConnection, one: Numbered, rows: list[int], everyone: Iterable[Numbered]
) -> None:
    """Note for each row which file replaced its document, if one did."""
    kind = kinds()[one.reading.kind]
    columns = relations.document_columns(kind, [one])
    names = {other.rank: other.file for other in everyone}
    found = connection.execute(
        f"""
        select
            refused.source_row,
            successors.by_rank
        from (
            select
                source_row,
                {relations.document(kind, [one])} as document
            from ({relations.rows([one], columns)})
            where source_row in (select unnest(?::bigint[]))
        ) as refused
        inner join raw.successors as successors
            on successors.kind = {literal(kind.name)} and successors.rank = {one.rank}
            and refused.document = successors.document
        """,
        [rows],
    ).fetchall()
    for source_row, rank in found:
        by = names[rank]
        connection.execute(
            "insert into closers values (?, ?, ?, ?)",
            [one.file_no, source_row, by.name, by.loaded_at.replace(tzinfo=None)],
        )


# The same reading has another number when other files came before it: it is found by its bytes, part and kind.
_BEFORE = """
    create or replace temp table refused_before as
    select
        refused.* exclude (file_no),
        files.file_no
    from {former}.ops.quarantine as refused
    inner join {former}.ops.files as then_files on refused.file_no = then_files.file_no
    inner join ops.files as files
        on then_files.file_id = files.file_id and then_files.source_part is not distinct from files.source_part
        and then_files.kind = files.kind and files.is_current
    where refused.rule_id is not null
"""

_STILL_OPEN = """
    update ops.quarantine as refused
    set opened_at = before.opened_at
    from refused_before as before
    where refused.rule_id is not null and before.status = 'open'
    and refused.file_no = before.file_no and refused.source_row = before.source_row
"""

_CLOSED = """
    select distinct
        before.file_no,
        before.source_row
    from refused_before as before
    anti join ops.quarantine as refused
        on refused.rule_id is not null and refused.file_no = before.file_no and refused.source_row = before.source_row
    where before.status = 'open'
"""

_CLOSE = """
    insert into ops.quarantine by name
    select
        before.* replace (
            case when before.status = 'open' then coalesce(closers.loaded_at, $at::timestamp) else before.closed_at end
                as closed_at,
            case when before.status = 'open' then closers.file_name else before.closed_by_file end as closed_by_file,
            'closed' as status
        )
    from refused_before as before
    left join closers on before.file_no = closers.file_no and before.source_row = closers.source_row
    where before.status = 'closed'
    or not exists (
        from ops.quarantine as refused
        where refused.rule_id is not null and refused.file_no = before.file_no
        and refused.source_row = before.source_row
    )
"""
