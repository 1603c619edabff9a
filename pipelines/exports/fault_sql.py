"""SQL that says of a typed row what is wrong with it."""

from __future__ import annotations

from pipelines.exports import currencies, dates, units
from pipelines.exports.cleaning import Reading
from pipelines.exports.declarations import Column, Kind
from pipelines.exports.mapping import Feed
from pipelines.exports.numbers import ROUNDED
from pipelines.exports.reasons import ITS_CURRENCY, code_for, expected_for
from pipelines.exports.sql_text import literal

FAULT = 'struct("column" varchar, found varchar, expected varchar, reason_code varchar)'


def _judged(feed: Feed, kind: Kind) -> list[Column]:
    """Return the columns whose cells can be wrong: constants and looked-up values cannot, here."""
    return [
        kind.column(ours)
        for ours, rule in feed.columns.items()
        if rule.constant is None and rule.lookup is None
    ]


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


def _clashes(feed: Feed, kind: Kind, readings: dict[str, Reading]) -> dict[str, str]:
    """Return, by amount, the condition that it bears another currency's sign than its row is in."""
    rule = feed.columns.get("currency")
    if rule is None or rule.lookup:
        return {}
    base = readings["currency"].base_currency
    clashes = {}
    for ours in (column.name for column in _judged(feed, kind) if units.is_amount(column)):
        clash = currencies.clashes(currencies.mark(f'"text of {ours}"'), '"value of currency"', base)
        clashes[ours] = f'case when "shape of {ours}" is null then false else {clash} end'
    return clashes


def has_fault(feed: Feed, kind: Kind, readings: dict[str, Reading]) -> str:
    """Return the condition that something is wrong with a row."""
    needed = required(feed, kind)
    judged = [column.name for column in _judged(feed, kind)]
    lacking = [f'"value of {ours}" is null' for ours in judged if ours in needed]
    spoilt = [
        f'("value of {ours}" is null and "shape of {ours}" is not null)'
        for ours in judged
        if ours not in needed
    ]
    spoilt += _clashes(feed, kind, readings).values()
    looked = f"(_needs_look and ({' or '.join(spoilt or ['false'])}))"
    return " or ".join(["_misfit is not null", *lacking, looked, f"({_lacks_amount(feed, kind)})"])


def faults(feed: Feed, kind: Kind, readings: dict[str, Reading]) -> str:
    """Return the list of what is wrong with a row; one that does not fit the header has only that wrong."""
    needed = required(feed, kind)
    found = [
        _fault(column, readings[column.name], is_required=column.name in needed)
        for column in _judged(feed, kind)
    ]
    found += [
        f"case when {clash} then "
        + _struct(literal(ours), f'"text of {ours}"', literal(ITS_CURRENCY), "other_currency")
        + " end"
        for ours, clash in _clashes(feed, kind, readings).items()
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
    code = code_for(column, has_words=reading.words is not None)
    wrong = _struct(literal(column.name), text, literal(expected_for(column, reading.words)), code)
    if code in ("not_a_number", "not_a_whole_number"):
        rounded = _struct(literal(column.name), text, literal(expected_for(column, None)), "rounded_number")
        wrong = f"case when contains({text}, {literal(ROUNDED)}) then {rounded} else {wrong} end"
    if column.sql_type == "date" and not reading.date_order:
        short = f"regexp_matches({shaped}, {literal(dates.SHORT_DATE)})"
        undecided = _struct(
            literal(column.name), text, literal("a date such as 2026-03-05"), "undecided_date"
        )
        wrong = f"case when {short} then {undecided} else {wrong} end"
    branches = f"when {value} is null and {shaped} is not null then {wrong}"
    if is_required:
        missing = _struct(literal(column.name), text, literal("a value"), "missing_required")
        branches += f" when {value} is null then {missing}"
    return f"case {branches} end"


def _struct(column: str, found: str, expected: str, code: str) -> str:
    return f"{{'column': {column}, 'found': {found}, 'expected': {expected}, 'reason_code': {literal(code)}}}::{FAULT}"
