"""The one query that turns a text table into a typed twin: values, and for rows with faults what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pipelines.exports import cleaning
from pipelines.exports.cleaning import Reading, literal, name
from pipelines.exports.declarations import Column, Kind
from pipelines.exports.mapping import Feed, Rule
from pipelines.exports.reasons import code_for, expected_for

if TYPE_CHECKING:
    from pipelines.exports.reading import TextTable

FAULT = 'struct("column" varchar, found varchar, expected varchar, reason_code varchar)'


def query(table: TextTable, feed: Feed, kind: Kind, readings: dict[str, Reading]) -> str:
    """Return the query of a twin: one row per source row, in source order.

    Columns: those of `columns`; of the kind's own columns only what the feed fills.
    """
    return f"""
        with source as ({_source(table, feed)}),

        bound as (
            select
                *,
                {_bound(feed, readings)}
            from source
        ),

        tried as (
            select
                *,
                {_each(feed, kind, readings, _fast)}
            from bound
        ),

        shaped as (
            select
                *,
                {_each(feed, kind, readings, _shape)}
            from tried
        ),

        valued as (
            select
                *,
                {_each(feed, kind, readings, _value)}
            from shaped
        ),

        judged as (
            select
                *,
                case when _skipped is null and ({_has_fault(feed, kind)}) then {_faults(feed, kind, readings)} end as _faults
            from valued
        )

        select
            {_selected(table, feed, kind)}
        from judged
        {"order by _place" if _needs_order(table, feed) else ""}
    """


def columns(table: TextTable, feed: Feed, kind: Kind) -> tuple[str, ...]:
    """Return the columns of a twin. A column that would be null in every row is not written: writing it takes time.

    The kind's columns that the feed fills; `_faults`, empty for a clean row, and `_cells`, the texts of a row with
    faults. Where there is need: `_source_row` (else rows count from the table's first), `_skipped` (why the feed
    passes a row over), `_lookup` (the key of values that stand in another kind).
    """
    own = [ours for ours in kind.names if ours in feed.columns]
    if _needs_order(table, feed) or table.row_column:
        own.append("_source_row")
    if _passes_over(feed):
        own.append("_skipped")
    if feed.lookup_key:
        own.append("_lookup")
    return (*own, "_faults", "_cells")


def _selected(table: TextTable, feed: Feed, kind: Kind) -> str:
    made = {
        "_cells": f"case when _faults is not null then [{', '.join(map(name, table.header))}] end as _cells",
        "_lookup": f"{_lookup_key(feed)} as _lookup" if feed.lookup_key else "",
    }
    return ",\n".join(
        made.get(column) or (column if column.startswith("_") else f'"value of {column}" as {name(column)}')
        for column in columns(table, feed, kind)
    )


def _passes_over(feed: Feed) -> bool:
    return bool(feed.where or feed.first_per or feed.drops_duplicates)


def _needs_order(table: TextTable, feed: Feed) -> bool:
    return bool(feed.first_per or feed.fill_columns or feed.drops_duplicates or (table.misfits and not table.row_column))


def _source(table: TextTable, feed: Feed) -> str:
    """The file's rows with `_source_row`, `_misfit` and `_skipped`, and `_place` where an order must be restored."""
    headers = ", ".join(map(name, table.header))
    if not _needs_order(table, feed):
        row = name(table.row_column) if table.row_column else "null::bigint"
        misfit = f"map_extract_value({_misfits(table)}, {row})" if table.misfits else "null::varchar"
        skipped = f"case when ({feed.where}) is not true then 'not_this_kind' end" if feed.where else "null::varchar"
        return f"select {headers}, {row} as _source_row, {misfit} as _misfit, {skipped} as _skipped from {table.relation}"
    place = name(table.row_column) if table.row_column else "row_number() over ()"
    first = "" if table.row_column else f" + {table.first_row - 1}"
    misfit = f"map_extract_value({_misfits(table)}, _place)" if table.misfits else "null::varchar"
    return f"""
        select *, {misfit} as _misfit, _place as _source_row, {_skipped(table, feed)} as _skipped
        from (
            select {_filled(table, feed)}, _place
            from (select {_anchored(table, feed)}, _place from (select {headers}, {place}{first} as _place from {table.relation}))
        )
    """


def _misfits(table: TextTable) -> str:
    entries = ", ".join(f"{row}: {literal(found)}" for row, found in table.misfits)
    return f"map {{{entries}}}"


def _anchored(table: TextTable, feed: Feed) -> str:
    """Carry a document's number down to continuation lines that leave it blank."""
    carried = set(feed.fill_by) & set(feed.fill_columns)
    return ", ".join(
        f"last_value({name(header)} ignore nulls) over (order by _place rows unbounded preceding) as {name(header)}"
        if header in carried
        else name(header)
        for header in table.header
    )


def _filled(table: TextTable, feed: Feed) -> str:
    """Give blank cells of continuation lines their document's first value."""
    by = ", ".join(map(name, feed.fill_by))
    window = f"partition by {by} order by _place rows between unbounded preceding and unbounded following"
    return ", ".join(
        f"coalesce({name(header)}, first_value({name(header)} ignore nulls) over ({window})) as {name(header)}"
        if header in feed.fill_columns and header not in feed.fill_by
        else name(header)
        for header in table.header
    )


def _skipped(table: TextTable, feed: Feed) -> str:
    where = f"({feed.where}) is true" if feed.where else "true"
    branches = [f"when not ({where}) then 'not_this_kind'"]
    if feed.first_per:
        by = ", ".join(map(name, feed.first_per))
        branches.append(f"when row_number() over (partition by {where}, {by} order by _place) > 1 then 'repeated_document'")
    if feed.drops_duplicates:
        by = ", ".join(map(name, table.header))
        branches.append(f"when row_number() over (partition by {where}, {by} order by _place) > 1 then 'duplicate'")
    return f"case {' '.join(branches)} end"


def _text(rule: Rule) -> str:
    if rule.headers:
        return name(rule.headers[0])
    if rule.constant is not None:
        return literal(rule.constant)
    if rule.join:
        return f" || {literal(rule.separator)} || ".join(map(name, rule.join))
    return f"try_cast(({rule.expression}) as varchar)" if rule.expression else "null::varchar"


def _bound(feed: Feed, readings: dict[str, Reading]) -> str:
    """The texts of our columns; none for rows the feed passes over, so that nothing is computed for them."""
    texts = {ours: _not_nothing(_text(rule), readings[ours]) for ours, rule in feed.columns.items()}
    if _passes_over(feed):
        texts = {ours: f"case when _skipped is null then {text} end" for ours, text in texts.items()}
    return ",\n".join(f'{text} as "text of {ours}"' for ours, text in texts.items())


def _not_nothing(text: str, reading: Reading) -> str:
    if not reading.null_words:
        return text
    return f"case when trim({text}) not in ({', '.join(map(literal, reading.null_words))}) then {text} end"


def _each(
    feed: Feed, kind: Kind, readings: dict[str, Reading], step: Callable[[Column, Rule, Reading], str]
) -> str:
    return ",\n".join(step(kind.column(ours), rule, readings[ours]) for ours, rule in feed.columns.items())


def _fast(column: Column, rule: Rule, reading: Reading) -> str:
    value = f"null::{column.sql_type}" if rule.lookup else cleaning.fast(column, f'"text of {column.name}"', reading)
    return f'{value} as "fast of {column.name}"'


def _shape(column: Column, rule: Rule, reading: Reading) -> str:
    text = f'"text of {column.name}"'
    shaped = cleaning.shape(column, text, reading)
    return (
        f'case when "fast of {column.name}" is null and {text} is not null then {shaped} end as "shape of {column.name}"'
    )


def _value(column: Column, rule: Rule, reading: Reading) -> str:
    quick, shaped = f'"fast of {column.name}"', f'"shape of {column.name}"'
    value = (
        f"case when {quick} is not null then {quick} "
        f"when {shaped} is not null then {cleaning.slow(column, shaped, reading)} end"
    )
    factor = (rule.scale or 1) * rule.sign
    if factor != 1:
        value = f"try_cast(({value}) * {factor} as {column.sql_type})"
    return f'{value} as "value of {column.name}"'


def _judged(feed: Feed, kind: Kind) -> list[Column]:
    """Return the columns whose cells can be wrong: constants and looked-up values cannot, here."""
    return [kind.column(ours) for ours, rule in feed.columns.items() if rule.constant is None and rule.lookup is None]


def required(feed: Feed, kind: Kind) -> tuple[str, ...]:
    """Return the columns that must hold a value in every row of a feed."""
    return tuple(ours for ours in kind.required if ours not in feed.optional)


def _lacks_amount(feed: Feed, kind: Kind) -> str:
    """Return the condition that every group of which a row needs one has an empty cell; a spoilt cell is not empty."""
    groups = [group for group in kind.one_of if set(group) <= set(feed.columns)]
    if not groups:
        return "false"
    return " and ".join(f"({' or '.join(_is_empty(ours) for ours in group)})" for group in groups)


def _is_empty(ours: str) -> str:
    return f'("value of {ours}" is null and "shape of {ours}" is null)'


def _has_fault(feed: Feed, kind: Kind) -> str:
    needed = required(feed, kind)
    conditions = ["_misfit is not null"]
    for column in _judged(feed, kind):
        conditions.append(
            f'"value of {column.name}" is null'
            if column.name in needed
            else f'("value of {column.name}" is null and "shape of {column.name}" is not null)'
        )
    return " or ".join([*conditions, f"({_lacks_amount(feed, kind)})"])


def _faults(feed: Feed, kind: Kind, readings: dict[str, Reading]) -> str:
    """The list of what is wrong with a row; a row that does not fit the header has only that wrong."""
    needed = required(feed, kind)
    found = [
        _fault(column, readings[column.name], is_required=column.name in needed) for column in _judged(feed, kind)
    ]
    amount = " or ".join(" + ".join(group) for group in kind.one_of)
    if kind.one_of:
        lacking = _struct(literal(kind.one_of[0][0]), "null", literal(amount), "missing_amount")
        found.append(f"case when {_lacks_amount(feed, kind)} then {lacking} end")
    misfit = _struct("null", "_misfit", literal("as many fields as the header"), "misfit_row")
    listed = f"list_filter([{', '.join(found)}], lambda fault: fault is not null)"
    return f"case when _misfit is not null then [{misfit}] else {listed} end"


def _fault(column: Column, reading: Reading, *, is_required: bool) -> str:
    text, value, shaped = (f'"{step} of {column.name}"' for step in ("text", "value", "shape"))
    code = code_for(column, reading.words is not None)
    wrong = _struct(literal(column.name), text, literal(expected_for(column, reading.words)), code)
    if column.sql_type == "date" and not reading.date_order:
        short = f"regexp_matches({shaped}, {literal(cleaning.SHORT_DATE)})"
        undecided = _struct(literal(column.name), text, literal("a date such as 2026-03-05"), "undecided_date")
        wrong = f"case when {short} then {undecided} else {wrong} end"
    branches = f"when {value} is null and {shaped} is not null then {wrong}"
    if is_required:
        missing = _struct(literal(column.name), text, literal("a value"), "missing_required")
        branches += f" when {value} is null then {missing}"
    return f"case {branches} end"


def _struct(column: str, found: str, expected: str, code: str) -> str:
    return f"{{'column': {column}, 'found': {found}, 'expected': {expected}, 'reason_code': {literal(code)}}}::{FAULT}"


def _lookup_key(feed: Feed) -> str:
    return f"nullif({cleaning.half_width(name(feed.lookup_key))}, '')"


def headers_used(feed: Feed) -> Sequence[str]:
    """Return the file's headers that a feed reads, for explaining what was left aside."""
    used: list[str] = [*feed.first_per, *feed.fill_by, *feed.fill_columns]
    for rule in feed.columns.values():
        used += [*rule.headers, *rule.join, *([rule.lookup.by] if rule.lookup else [])]
    return used
