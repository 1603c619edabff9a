"""Corrections as data: declared repairs of known-bad rows, each guarded by the value it expects to find."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import resources
from pipelines.errors import MappingError, did_you_mean
from pipelines.exports.declarations import Column, Kind, Words, kinds
from pipelines.exports.numbering import Numbered
from pipelines.exports.sql_text import literal, name

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "additionalProperties": False,
        "required": ["id", "kind", "action", "column", "expected", "reason", "who", "when"],
        "properties": {
            "id": {"type": "string", "minLength": 1},
            "kind": {"type": "string"},
            "file": {"type": "string", "minLength": 1},
            "row": {"type": "integer", "minimum": 1},
            "key": {
                "type": "object",
                "minProperties": 1,
                "additionalProperties": {"type": ["string", "number"]},
            },
            "action": {"enum": ["drop", "override", "flag"]},
            "column": {"type": "string"},
            "expected": {"type": ["string", "number", "boolean", "null"]},
            "value": {"type": ["string", "number", "boolean", "null"]},
            "reason": {
                "type": "object",
                "additionalProperties": False,
                "required": ["zh", "en"],
                "properties": {"zh": {"type": "string"}, "en": {"type": "string"}},
            },
            "who": {"type": "string", "minLength": 1},
            "when": {},
        },
        "anyOf": [{"required": ["file", "row"]}, {"required": ["key"]}],
        # `value: null` empties a cell, and has to be said.
        "if": {"properties": {"action": {"const": "override"}}},
        "then": {"required": ["value"]},
    },
}


@dataclass(frozen=True)
class Correction:
    """One declared repair: which row, what it must still hold, and what becomes of it."""

    id: str
    kind: str
    file: str
    row: int
    key: tuple[tuple[str, str], ...]
    action: str
    column: str
    expected: str | None
    value: str | None
    reason: Words
    who: str
    when: date
    path: str


def declared(home: Path) -> tuple[Correction, ...]:
    """Return the project's corrections and those of HOME (`corrections/*.yaml`).

    Raises MappingError for one that cannot be used as written.
    """
    folders = [resources.path("expectations") / "corrections", home / "corrections"]
    found = [one for folder in folders for path in sorted(folder.glob("*.yaml")) for one in _read(path)]
    names = [one.id for one in found]
    twice = sorted({one for one in names if names.count(one) > 1})
    if twice:
        raise _refused("corrections", f"the id {twice[0]} twice", "an id of its own for each correction")
    return tuple(found)


def apply(
    connection: DuckDBPyConnection, kind: Kind, repairs: Sequence[Correction], ones: Sequence[Numbered]
) -> None:
    """Apply the corrections of a kind to `raw.<kind>` and note each in `ops.corrections`.

    Where there are any, `raw.<kind>` becomes a table. Raises MappingError when a row is gone, or no longer holds what
    the correction expects: the source was mended, and the correction must be taken away.
    """
    _create_record(connection)
    # a correction waits while its file, or the kind it names rows of by key, has not been loaded
    due = [one for one in repairs if one.kind == kind.name and _is_due(one, ones)]
    if not due:
        return
    connection.execute(f"create or replace temp table corrected as select * from raw.{kind.name}")
    for one in due:
        _apply_one(connection, kind, one, ones)
    view = connection.execute(
        "select count(*) from duckdb_views() where schema_name = 'raw' and view_name = ?", [kind.name]
    ).fetchone()
    connection.execute(f"drop {'view' if view and view[0] else 'table'} raw.{kind.name}")
    connection.execute(f"create table raw.{kind.name} as select * from corrected")


def _is_due(one: Correction, ones: Sequence[Numbered]) -> bool:
    return bool(ones) and (not one.file or any(is_of(one, given) for given in ones))


def is_of(one: Correction, given: Numbered) -> bool:
    """Tell whether a correction names the file of a reading, by its name or its hash."""
    return one.file in (given.file.name, given.file.sha256)


def _apply_one(connection: DuckDBPyConnection, kind: Kind, one: Correction, ones: Sequence[Numbered]) -> None:
    column = kind.column(one.column)
    _check_types(connection, kind, one)
    conditions = [f"{name(key)} = {literal(value)}::{kind.column(key).sql_type}" for key, value in one.key]
    if one.file:
        numbers = ", ".join(str(given.file_no) for given in ones if is_of(one, given))
        conditions.append(f"file_no in ({numbers})")
    if one.row:
        conditions.append(f"source_row = {one.row}")
    where = " and ".join(conditions)
    query = f"select file_no, source_row, {name(column.name)} from corrected where {where}"
    rows = connection.execute(query).fetchall()
    expected = f"try_cast({_value(one.expected)} as {column.sql_type})"
    matching = connection.execute(
        f"select count(*) from corrected where {where} and {name(column.name)} is not distinct from {expected}"
    ).fetchone()
    if not rows or matching is None or matching[0] != len(rows):
        found = "no such row" if not rows else _shown(column, {str(row[2]) for row in rows})
        cause = "the source seems mended" if rows else "a later file replaced the row, or it is in quarantine"
        raise _refused(
            f"{one.path}, {one.id}",
            found,
            f"{one.kind}.{one.column} = {_shown(column, {str(one.expected)})}",
            next_step=f"{cause}: take the correction away, or correct what it expects",
        )
    if one.action == "override":
        value = f"{_value(one.value)}::{column.sql_type}"
        connection.execute(f"update corrected set {name(column.name)} = {value} where {where}")
    elif one.action == "drop":
        connection.execute(f"delete from corrected where {where}")
    connection.executemany(
        "insert into ops.corrections values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (one.id, one.action, one.kind, number, row, one.column, one.expected, one.value,
             one.reason.en, one.reason.zh, one.who, one.when)
            for number, row, _ in rows
        ],
    )  # fmt: skip


def _shown(column: Column, values: set[str]) -> str:
    """Return some values for a message, which logs keep; of personal data only how many."""
    if column.is_personal:
        return f"{len(values)} hidden (personal data)"
    return ", ".join(sorted(values)[:5])


def _check_types(connection: DuckDBPyConnection, kind: Kind, one: Correction) -> None:
    """Refuse a value that its column cannot hold: as what is expected, it would pass for an empty cell."""
    for ours, text in (*one.key, (one.column, one.expected), (one.column, one.value)):
        sql_type = kind.column(ours).sql_type
        fits = connection.execute(f"select try_cast(? as {sql_type}) is not null", [text]).fetchone()
        if text is not None and fits != (True,):
            raise _refused(f"{one.path}, {one.id}", f"{ours}: {text}", f"a value of type {sql_type}")


def _create_record(connection: DuckDBPyConnection) -> None:
    connection.execute(
        """
        create table if not exists ops.corrections (
            correction_id varchar, action varchar, kind varchar, file_no integer, source_row bigint,
            column_name varchar, value_before varchar, value_after varchar,
            reason_en varchar, reason_zh varchar, who varchar, corrected_date date
        )
        """
    )


def _value(value: str | None) -> str:
    return "null" if value is None else literal(value)


def _read(path: Path) -> list[Correction]:
    import yaml
    from jsonschema.exceptions import best_match

    try:
        told = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise _refused(str(path), str(error), "a YAML list in UTF-8") from error
    told = _dates_as_text(told)
    problem = best_match(_validator().iter_errors(told))
    if problem is not None:
        place = " > ".join(str(step) for step in problem.absolute_path)
        raise _refused(str(path), f"{place}: {problem.message}", "a correction with all its parts")
    return [_correction(one, path) for one in told]


def _dates_as_text(told: Any) -> Any:
    """Return what a file says, its dates written out: YAML reads 2026-03-05 as a date."""
    if isinstance(told, dict):
        return {key: _dates_as_text(value) for key, value in told.items()}
    if isinstance(told, list):
        return [_dates_as_text(value) for value in told]
    return told.isoformat() if isinstance(told, date) else told


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(_SCHEMA)


def _correction(told: Mapping[str, Any], path: Path) -> Correction:
    where = f"{path}, {told['id']}"
    kind = kinds().get(told["kind"])
    if kind is None:
        raise _refused(
            where, f"the kind {told['kind']}", "a kind of export", hint=did_you_mean(told["kind"], kinds())
        )
    for column in (told["column"], *told.get("key", {})):
        if column not in kind.names:
            raise _refused(where, f"{kind.name}.{column}", "a column", hint=did_you_mean(column, kind.names))
    return Correction(
        id=told["id"],
        kind=kind.name,
        file=told.get("file", ""),
        row=told.get("row", 0),
        key=tuple((column, str(value)) for column, value in told.get("key", {}).items()),
        action=told["action"],
        column=told["column"],
        expected=_text(told["expected"]),
        value=_text(told.get("value")),
        reason=Words(**told["reason"]),
        who=told["who"],
        when=_date(told["when"], where),
        path=str(path),
    )


def _text(value: Any) -> str | None:
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def _date(value: Any, where: str) -> date:
    try:
        return datetime.fromisoformat(str(value)).date()
    except ValueError as error:
        raise _refused(where, f"when: {value}", "a date such as 2026-03-05") from error


def _refused(
    where: str, found: str, expected: str, *, hint: str = "", next_step: str = "mend the correction"
) -> MappingError:
    return MappingError(
        "A correction cannot be applied",
        where=where,
        found=found,
        expected=expected,
        hint=hint,
        next_step=next_step,
    )
