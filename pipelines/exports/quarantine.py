"""Fill `ops.quarantine` from the faults in the twins, and say which a later file has closed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipelines.exports import relations
from pipelines.exports.declarations import Kind, kinds
from pipelines.exports.numbering import Numbered
from pipelines.exports.reasons import REASONS, expected_in_chinese
from pipelines.exports.sql_text import literal
from pipelines.warehouse import insert

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def fill(connection: DuckDBPyConnection, ones: Sequence[Numbered], run_id: str) -> None:
    """Insert one row per fault into `ops.quarantine`, and each such source row's texts into `ops.quarantined_rows`.

    The money at stake stands in the first fault of a row only, so that amounts add up. A fault is closed when a later
    file holds its document again, or, where the document could not be read, when a file of the same name came later.
    """
    _create_found(connection)
    by_kind: dict[str, list[Numbered]] = {}
    for one in ones:
        if one.reading.rows_quarantined:
            by_kind.setdefault(one.reading.kind, []).append(one)
    for kind_name, faulty in sorted(by_kind.items()):
        _find(connection, kinds()[kind_name], faulty)
    for kind_name in sorted({one.reading.kind for one in ones if one.reading.lookups}):
        _find_failed_lookups(
            connection, kinds()[kind_name], [one for one in ones if one.reading.kind == kind_name]
        )
    _insert(connection, ones, run_id)


def _create_found(connection: DuckDBPyConnection) -> None:
    connection.execute(
        """
        create or replace temp table found_faults (
            file_no integer, rank integer, source_row bigint, kind varchar, document varchar, fault_no bigint,
            column_name varchar, found varchar, expected varchar, reason_code varchar,
            amount decimal(18, 4), currency varchar
        )
        """
    )


def _worth(kind: Kind) -> tuple[str, str]:
    money = f"try_cast({kind.money} as decimal(18, 4))" if kind.money else "null::decimal(18, 4)"
    return money, "currency" if "currency" in kind.names else "null::varchar"


def _create_faulty_rows(connection: DuckDBPyConnection, kind: Kind, ones: Sequence[Numbered]) -> None:
    money, currency = _worth(kind)
    columns = [*kind.names, "_faults", "_cells"]
    connection.execute(
        f"""
        create or replace temp table faulty_rows as
        select
            *,
            {relations.document(kind, ones)} as _document,
            {money} as _money,
            {currency} as _currency
        from ({relations.rows(ones, columns)})
        where _faults is not null
        """
    )


def _find(connection: DuckDBPyConnection, kind: Kind, ones: Sequence[Numbered]) -> None:
    _create_faulty_rows(connection, kind, ones)
    connection.execute(
        f"""
        insert into found_faults
        select
            file_no,
            rank,
            source_row,
            {literal(kind.name)} as kind,
            _document as document,
            fault_no,
            fault.column as column_name,
            fault.found,
            fault.expected,
            fault.reason_code,
            case when fault_no = 1 then _money end as amount,
            _currency as currency
        from (
            select
                *,
                unnest(_faults) as fault,
                generate_subscripts(_faults, 1) as fault_no
            from faulty_rows
        )
        """
    )
    _keep_texts(connection, ones)


def _keep_texts(connection: DuckDBPyConnection, ones: Sequence[Numbered]) -> None:
    """Keep the texts of the faulty rows found last, with the headers they stand under.

    A row that does not fit the header stands whole under its first name, and the fault with it.
    """
    connection.execute(
        "create or replace temp table headers (file_no integer, header varchar[], sources map(varchar, varchar[]))"
    )
    headers = [
        (
            one.file_no,
            list(one.reading.header),
            list(one.reading.sources),
            list(map(list, one.reading.sources.values())),
        )
        for one in ones
    ]
    connection.executemany("insert into headers values (?, ?, map(?::varchar[], ?::varchar[][]))", headers)
    connection.execute(
        """
        insert into ops.quarantined_rows
        select
            faulty_rows.file_no,
            faulty_rows.source_row,
            headers.header,
            faulty_rows._cells as cells,
            list_distinct(flatten(list_transform(
                faulty_rows._faults,
                lambda fault: case
                    when fault.column is null then headers.header[:1]
                    else coalesce(map_extract_value(headers.sources, fault.column), [])
                end
            ))) as faulty_headers
        from faulty_rows
        inner join headers on faulty_rows.file_no = headers.file_no
        """
    )


def _find_failed_lookups(connection: DuckDBPyConnection, kind: Kind, ones: Sequence[Numbered]) -> None:
    """Note rows whose date or customer stands in another export that does not have the document."""
    money, currency = _worth(kind)
    rank = " ".join(f"when {one.file_no} then {one.rank}" for one in ones)
    needed = sorted({ours for one in ones for ours in one.reading.lookups if ours in one.reading.required})
    connection.execute(
        f"""
        insert into found_faults
        select
            file_no,
            case file_no {rank} end as rank,
            source_row,
            {literal(kind.name)} as kind,
            {relations.document(kind, ones)} as document,
            1 as fault_no,
            {literal(", ".join(needed))} as column_name,
            null as found,
            {literal("a row of " + next(one.reading.lookup_kind for one in ones if one.reading.lookups))} as expected,
            'lookup_failed' as reason_code,
            {money} as amount,
            {currency} as currency
        from raw.all_{kind.name}
        where _lookup_failed
        """
    )


def _insert(connection: DuckDBPyConnection, ones: Sequence[Numbered], run_id: str) -> None:
    connection.execute(
        "create or replace temp table reasons (reason_code varchar, reason_en varchar, reason_zh varchar)"
    )
    words = [(code, said.en, said.zh) for code, said in REASONS.items()]
    insert(connection, "reasons", words)
    connection.execute("create or replace temp table wanted (expected varchar, expected_zh varchar)")
    insert(connection, "wanted", list(expected_in_chinese().items()))
    connection.execute(
        """
        create or replace temp table given (
            file_no integer, rank integer, kind varchar, name varchar, part varchar, loaded_at timestamp,
            by_rank integer
        )
        """
    )
    values = [
        (
            one.file_no,
            one.rank,
            one.reading.kind,
            one.file.name,
            one.reading.part,
            one.file.loaded_at.replace(tzinfo=None),
            _withdrawn_by(one, ones),
        )
        for one in ones
    ]
    if values:
        connection.executemany("insert into given values (?, ?, ?, ?, ?, ?, ?)", values)
    connection.execute(_INSERT, {"run_id": run_id})


def _withdrawn_by(one: Numbered, ones: Sequence[Numbered]) -> int | None:
    """Return the rank of the first later snapshot of the same source and kind, for a reading it replaces whole."""
    if not one.is_withdrawn:
        return None
    later = [
        other.rank
        for other in ones
        if (other.reading.source, other.reading.kind) == (one.reading.source, one.reading.kind)
        and other.file.loaded_at > one.file.loaded_at
    ]
    return min(later, default=None)


_INSERT = """
    insert into ops.quarantine by name
    with same_name as (
        select
            earlier.file_no,
            min(later.rank) as by_rank
        from given as earlier
        inner join given as later
            on earlier.name = later.name and earlier.part = later.part and earlier.kind = later.kind
            and earlier.rank < later.rank
        group by all
    ),

    files as (
        select
            rank,
            any_value(name) as name,
            any_value(loaded_at) as loaded_at
        from given
        group by all
    ),

    closed as (
        select
            faults.*,
            case
                when given.by_rank is not null then given.by_rank
                when faults.document is null then same_name.by_rank
                else successors.by_rank
            end as by_rank
        from found_faults as faults
        inner join given on faults.file_no = given.file_no
        left join raw.successors as successors
            on faults.kind = successors.kind and faults.rank = successors.rank and faults.document = successors.document
        left join same_name on faults.file_no = same_name.file_no
    )

    select
        closed.file_no,
        given.name as file_name,
        given.part as source_part,
        closed.source_row,
        closed.kind,
        replace(closed.document, chr(31), ' / ') as document_key,
        closed.column_name,
        closed.found,
        closed.expected,
        coalesce(wanted.expected_zh, closed.expected) as expected_zh,
        closed.reason_code,
        reasons.reason_en,
        reasons.reason_zh,
        closed.amount,
        closed.currency,
        $run_id as run_id,
        given.loaded_at as opened_at,
        closers.loaded_at as closed_at,
        closers.name as closed_by_file,
        case when closed.by_rank is null then 'open' else 'closed' end as status,
    from closed
    inner join given on closed.file_no = given.file_no
    inner join reasons on closed.reason_code = reasons.reason_code
    left join wanted on closed.expected = wanted.expected
    left join files as closers on closed.by_rank = closers.rank
    order by
        closed.file_no,
        closed.source_row,
        closed.fault_no
"""
