"""Read the rows in quarantine as their files hold them, for the workbook that gives them back."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from pipelines.reporting.returned_rows import ReturnedPart, ReturnedRow
from pipelines.reporting.words import Text

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from pipelines.exports.source_texts import SourceTexts

log = logging.getLogger(__name__)

# A row that feeds two kinds may be refused in both: it is one row here. The published file keeps the texts of rows that
# could not be typed; those that a rule on the document refused, or a lookup, have none here: the landing has them.
_ROWS = """
    with refused as (
        select
            files.file_id,
            faults.file_name,
            coalesce(faults.source_part, '') as source_part,
            faults.source_row,
            min(faults.file_no) as file_no,
            list(distinct texts.header) filter (where texts.header is not null)[1] as header,
            list(distinct texts.cells) filter (where texts.cells is not null)[1] as cells,
            list_distinct(flatten(list(coalesce(texts.faulty_headers, [])))) as faulty_headers,
            list(
                [faults.column_name, faults.reason_zh, faults.reason_en, faults.expected_zh, faults.expected]
                order by faults.file_no, faults.column_name
            ) as reasons,
            any_value(faults.kind) as kind,
            [any_value(faults.document_key), any_value(faults.column_name), any_value(faults.found),
                any_value(faults.expected)] as told
        from ops.quarantine as faults
        inner join ops.files as files on faults.file_no = files.file_no
        -- One row per reading and source row: a row with several faults is held once.
        left join ops.quarantined_rows as texts
            on faults.file_no = texts.file_no and faults.source_row = texts.source_row
        where faults.status = 'open'
        group by files.file_id, faults.file_name, coalesce(faults.source_part, ''), faults.source_row
    )

    select file_id, file_name, source_part, source_row, header, cells, faulty_headers, reasons, kind, told
    from refused
    order by file_no, source_row
"""


class _Refused(NamedTuple):
    """One refused source row; header and cells are None where the published file does not keep its texts."""

    file_id: str
    file_name: str
    part: str
    source_row: int
    header: list[str] | None
    cells: list[str | None] | None
    faulty_headers: list[str]
    reasons: list[list[str | None]]
    kind: str
    told: list[str | None]


def read(connection: DuckDBPyConnection, home: Path) -> list[ReturnedPart]:
    """Return the open rows of `ops.quarantine`, by file and part in the order of loading."""
    refused = [_Refused(*row) for row in connection.execute(_ROWS).fetchall()]
    texts = _texts(home, [one for one in refused if one.header is None and one.source_row is not None])
    rows: dict[tuple[str, str, str, tuple[str, ...]], list[ReturnedRow]] = {}
    for one in refused:
        whole = _with_texts(one, texts.get((one.file_id, one.part)))
        place = (whole.file_id, whole.file_name, whole.part, tuple(whole.header or ()))
        rows.setdefault(place, []).append(_row(whole))
    return [ReturnedPart(name, part, header, found) for (_, name, part, header), found in rows.items()]


def _texts(home: Path, refused: Iterable[_Refused]) -> dict[tuple[str, str], SourceTexts]:
    """Return the texts of these rows from the landing, by file and part; what can no longer be read is left out."""
    from pipelines.errors import SalesdeskError
    from pipelines.exports import source_texts

    wanted: dict[str, dict[str, set[int]]] = {}
    for one in refused:
        wanted.setdefault(one.file_id, {}).setdefault(one.part, set()).add(one.source_row)
    found: dict[tuple[str, str], SourceTexts] = {}
    for file_id, parts in wanted.items():
        try:
            found |= {(file_id, texts.part): texts for texts in source_texts.of(home, file_id, parts)}
        except SalesdeskError as error:
            # The workbook still tells document, column, value and reason of these rows.
            log.warning("the source texts of some rows are not to be had: %s", error)
    return found


def _with_texts(one: _Refused, texts: SourceTexts | None) -> _Refused:
    if one.header is not None or texts is None or one.source_row not in texts.rows:
        return one
    columns = [column for told, *_ in one.reasons for column in (told or "").split(", ")]
    return one._replace(
        header=list(texts.header),
        cells=list(texts.rows[one.source_row]),
        faulty_headers=sorted(texts.headers_of(columns, one.kind)),
    )


def _row(one: _Refused) -> ReturnedRow:
    faulty = {name.casefold() for name in one.faulty_headers}
    places = (number for number, name in enumerate(one.header or ()) if name.casefold() in faulty)
    each = (
        (_said(column, zh, wanted_zh or wanted), _said(column, en, wanted))
        for column, zh, en, wanted_zh, wanted in one.reasons
    )
    said = list(dict.fromkeys(each))
    reason = Text("\n".join(zh for zh, _ in said), "\n".join(en for _, en in said))
    return ReturnedRow(one.source_row, tuple(one.cells or one.told), frozenset(places), reason)


def _said(column: str | None, reason: str | None, expected: str | None) -> str:
    told = f"{column}: {reason or ''}" if column else reason or ""
    return f"{told} ({expected})" if expected else told
