"""Read the rows in quarantine as their files hold them, for the workbook that gives them back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.reporting.returned_rows import ReturnedPart, ReturnedRow
from pipelines.reporting.words import Text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# A row that feeds two kinds may be refused in both: it is one row here. The texts of rows that only a rule on the
# document refused, or a lookup, are not kept: header and cells are then null.
_ROWS = """
    with refused as (
        select
            files.file_id,
            faults.file_name,
            faults.source_part,
            faults.source_row,
            min(faults.file_no) as file_no,
            list(distinct texts.header) filter (where texts.header is not null)[1] as header,
            list(distinct texts.cells) filter (where texts.cells is not null)[1] as cells,
            list_distinct(flatten(list(coalesce(texts.faulty_headers, [])))) as faulty_headers,
            list(
                [faults.column_name, faults.reason_zh, faults.reason_en, faults.expected]
                order by faults.file_no, faults.column_name
            ) as reasons,
            any_value(faults.document_key) as document_key,
            any_value(faults.column_name) as column_name,
            any_value(faults.found) as found,
            any_value(faults.expected) as expected
        from ops.quarantine as faults
        inner join ops.files as files on faults.file_no = files.file_no
        -- One row per reading and source row: a row with several faults is held once.
        left join ops.quarantined_rows as texts
            on faults.file_no = texts.file_no and faults.source_row = texts.source_row
        where faults.status = 'open'
        group by files.file_id, faults.file_name, faults.source_part, faults.source_row
    )

    select file_id, file_name, source_part, source_row, header, cells, faulty_headers, reasons,
        [document_key, column_name, found, expected]
    from refused
    order by file_no, header is null, source_row
"""


def read(connection: DuckDBPyConnection) -> list[ReturnedPart]:
    """Return the open rows of `ops.quarantine`, by file and part in the order of loading."""
    rows: dict[tuple[str, str, str, tuple[str, ...]], list[ReturnedRow]] = {}
    cursor = connection.execute(_ROWS)
    while batch := cursor.fetchmany(10_000):
        for file_id, file_name, part, source_row, header, cells, faulty_headers, reasons, told in batch:
            row = _row(source_row, header, cells or told, faulty_headers, reasons)
            rows.setdefault((file_id, file_name, part or "", tuple(header or ())), []).append(row)
    return [ReturnedPart(name, part, header, found) for (_, name, part, header), found in rows.items()]


def _row(
    source_row: int,
    header: list[str] | None,
    cells: list[str | None],
    faulty_headers: list[str],
    reasons: list[list[str | None]],
) -> ReturnedRow:
    faulty = {name.casefold() for name in faulty_headers}
    places = (number for number, name in enumerate(header or ()) if name.casefold() in faulty)
    each = (
        (_said(column, zh, expected), _said(column, en, expected)) for column, zh, en, expected in reasons
    )
    said = list(dict.fromkeys(each))
    reason = Text("\n".join(zh for zh, _ in said), "\n".join(en for _, en in said))
    return ReturnedRow(source_row, tuple(cells), frozenset(places), reason)


def _said(column: str | None, reason: str | None, expected: str | None) -> str:
    told = f"{column}: {reason or ''}" if column else reason or ""
    return f"{told} ({expected})" if expected else told
