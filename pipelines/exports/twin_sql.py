"""The one query that turns a text table into a typed twin: values, and for rows with faults what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines.exports import cleaning, fault_sql
from pipelines.exports.cleaning import Reading
from pipelines.exports.declarations import Column, Kind, kinds
from pipelines.exports.mapping import Feed, Rule
from pipelines.exports.source_sql import needs_order, passes_over, source
from pipelines.exports.sql_text import half_width, literal, name, trimmed

if TYPE_CHECKING:
    from pipelines.exports.reading import TextTable


def query(table: TextTable, feed: Feed, kind: Kind, readings: dict[str, Reading]) -> str:
    """Return the query of a twin: one row per source row, in source order.

    Columns: those of `columns`; of the kind's own columns only what the feed fills.
    """
    steps = {
        "bound": _bound(feed, readings),
        "tried": _each(feed, kind, readings, _fast),
        "ascertained": _each(feed, kind, readings, _certain),
        "looked_over": f"{_row_needs_look(feed)} as _needs_look",
        "shaped": _each(feed, kind, readings, _shape),
        "valued": _each(feed, kind, readings, _value),
    }
    faulty, faults = fault_sql.has_fault(feed, kind, readings), fault_sql.faults(feed, kind, readings)
    steps["judged"] = f"case when _skipped is null and ({faulty}) then {faults} end as _faults"
    before = ["source", *steps]
    chain = ", ".join(
        f"{step} as (select *, {made} from {former})"
        for (step, made), former in zip(steps.items(), before, strict=False)
    )
    return f"""
        with source as ({source(table, feed)}), {chain}
        select
            {_selected(table, feed, kind)}
        from judged
        {"order by _place" if needs_order(table, feed) else ""}
    """


def columns(table: TextTable, feed: Feed, kind: Kind) -> tuple[str, ...]:
    """Return the columns of a twin. A column that would be null in every row is not written: writing it takes time.

    The kind's columns that the feed fills; `_faults`, empty for a clean row, and `_cells`, the texts of a row with
    faults. Where there is need: `_source_row` (else rows count from the table's first), `_skipped` (why the feed
    passes a row over), `_lookup` (the key of values that stand in another kind).
    """
    own = [ours for ours in kind.names if ours in feed.columns]
    if needs_order(table, feed) or table.row_column:
        own.append("_source_row")
    if passes_over(feed):
        own.append("_skipped")
    if feed.lookup_key:
        own.append("_lookup")
    return (*own, "_faults", "_cells")


def shows_misfits(feed: Feed) -> bool:
    """Tell whether every row that is no document has a fault in this feed: it needs a date and two values more."""
    needed = fault_sql.required(feed, kinds()[feed.kind])
    own = [ours for ours in needed if ours in feed.columns and feed.columns[ours].headers]
    return not passes_over(feed) and len(own) > 2 and any(ours.endswith("_date") for ours in own)


def _selected(table: TextTable, feed: Feed, kind: Kind) -> str:
    made = {
        "_cells": f"case when _faults is not null then [{', '.join(map(name, table.header))}] end as _cells",
        "_lookup": f"{_lookup_key(feed)} as _lookup" if feed.lookup_key else "",
    }
    return ",\n".join(
        made.get(column) or (column if column.startswith("_") else f'"value of {column}" as {name(column)}')
        for column in columns(table, feed, kind)
    )


def _text(rule: Rule) -> str:
    if rule.headers:
        return name(rule.headers[0])
    if rule.constant is not None:
        return literal(rule.constant)
    if rule.join:
        return f" || {literal(rule.separator)} || ".join(trimmed(name(header)) for header in rule.join)
    return f"try_cast(({rule.expression}) as varchar)" if rule.expression else "null::varchar"


def _bound(feed: Feed, readings: dict[str, Reading]) -> str:
    """Return the texts of our columns; none for rows the feed passes over: nothing is computed for them."""
    texts = {ours: _not_nothing(_text(rule), readings[ours]) for ours, rule in feed.columns.items()}
    if passes_over(feed):
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
    value = (
        f"null::{column.sql_type}"
        if rule.lookup
        else cleaning.fast(column, f'"text of {column.name}"', reading)
    )
    return f'{value} as "first of {column.name}"'


def _certain(column: Column, rule: Rule, reading: Reading) -> str:
    quick = f'"first of {column.name}"'
    sure = quick if rule.lookup else cleaning.certain(column, quick, reading)
    if abs(_factor(rule)) != 1:  # what is too large once scaled is a fault, not an empty cell
        sure = f"case when {_scaled(column, rule, quick)} is not null then {sure} end"
    return f'{sure} as "fast of {column.name}"'


def _needs_look(ours: str) -> str:
    return f'("fast of {ours}" is null and "text of {ours}" is not null)'


def _row_needs_look(feed: Feed) -> str:
    """Return the condition that some cell of a row was not read quickly; a row without is not looked at closer."""
    return " or ".join(_needs_look(ours) for ours in feed.columns) or "false"


def _shape(column: Column, _rule: Rule, reading: Reading) -> str:
    text = f'"text of {column.name}"'
    shaped = cleaning.shape(column, text, reading)
    looked = f"case when {_needs_look(column.name)} then {shaped} end"
    return f'case when _needs_look then {looked} end as "shape of {column.name}"'


def _value(column: Column, rule: Rule, reading: Reading) -> str:
    quick, shaped = f'"fast of {column.name}"', f'"shape of {column.name}"'
    looked = (
        f"case when {quick} is not null then {quick} "
        f"when {shaped} is not null then {cleaning.slow(column, shaped, reading)} end"
    )
    value = f"case when _needs_look then {looked} else {quick} end"
    if _factor(rule) != 1:
        value = _scaled(column, rule, value)
    return f'{value} as "value of {column.name}"'


def _factor(rule: Rule) -> Decimal:
    return (rule.scale or Decimal(1)) * rule.sign


def _scaled(column: Column, rule: Rule, value: str) -> str:
    wide = f"({value})" if abs(_factor(rule)) == 1 else f"({value})::decimal(38, 10)"
    return f"try_cast({wide} * {_factor(rule)} as {column.sql_type})"


def _lookup_key(feed: Feed) -> str:
    return f"nullif({half_width(name(feed.lookup_key))}, '')"


def headers_used(feed: Feed) -> Sequence[str]:
    """Return the file's headers that a feed reads, for explaining what was left aside."""
    used: list[str] = [*feed.first_per, *feed.fill_by, *feed.fill_columns]
    for rule in feed.columns.values():
        used += [*rule.headers, *rule.join, *([rule.lookup.by] if rule.lookup else [])]
    return used
