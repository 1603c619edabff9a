"""Decide from a file's own values what its header does not say: the order of day and month, the decimal sign."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.errors import AmbiguousExport
from pipelines.exports import currencies, dates, shares, units
from pipelines.exports.cleaning import Reading
from pipelines.exports.declarations import Kind, Words
from pipelines.exports.mapping import Feed, Mapping, Rule
from pipelines.exports.sql_text import half_width, literal, name

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.exports.reading import TextTable
    from pipelines.settings import Settings

_COMMA = re.compile(r"^[-+]?(\d{1,3}(\.\d{3})*|\d+),\d{1,2}$")
_POINT = re.compile(r"\.\d{1,2}$|,\d{3}\.|^\d+\.\d{4,}$")


@dataclass(frozen=True)
class Evidence:
    """What was decided for a feed: how each of our columns is read, and words on why."""

    readings: dict[str, Reading]
    notes: tuple[Words, ...]


def decide(
    connection: DuckDBPyConnection,
    table: TextTable,
    feed: Feed,
    kind: Kind,
    mapping: Mapping | None,
    settings: Settings,
) -> Evidence:
    """Return how the columns of a feed are to be read.

    Raises AmbiguousExport when days and months cannot be told apart by any value of the file.
    """
    orders, notes = _date_orders(connection, table, feed, kind, mapping)
    comma = mapping.decimal_comma if mapping and mapping.decimal_comma is not None else None
    if comma is None:
        comma = _has_decimal_comma(table, feed, kind)
        notes += [Words("数字以逗号作小数点", "numbers are written with a decimal comma")] if comma else []
    if feed.continues:
        by = feed.fill_by[0]
        notes.append(
            Words(f"{by} 为空的行续接上一单据", f"rows that leave {by} blank continue the document above")
        )
    discount, told = _discount(connection, table, feed, is_comma=comma)
    notes += told
    readings = {}
    for ours, rule in feed.columns.items():
        words = _words(feed, kind, ours)
        is_money = ours == "currency" or units.is_amount(kind.column(ours))
        readings[ours] = Reading(
            date_order=orders.get(ours, ""),
            decimal_comma=(comma if rule.decimal_comma is None else rule.decimal_comma)
            and bool(rule.headers),
            source_zone=mapping.time_zone if mapping else "",
            business_zone=settings.time_zone,
            null_words=mapping.null_words if mapping else (),
            words=words,
            seen=_seen(table, rule) if words is not None else (),
            width=rule.width,
            takes_foreign=mapping is not None or "currency" in feed.columns or "currency" not in kind.names,
            base_currency=(is_money and settings.base_currency) or currencies.HOME,
            discount=discount if ours == "discount_rate" else shares.DEDUCTED,
        )
    return Evidence(readings, tuple(notes))


def _discount(
    connection: DuckDBPyConnection, table: TextTable, feed: Feed, *, is_comma: bool
) -> tuple[str, tuple[Words, ...]]:
    if "discount_rate" not in feed.columns:
        return shares.DEDUCTED, ()
    return shares.meaning_of_discount(connection, table, feed, decimal_comma=is_comma)


def _words(feed: Feed, kind: Kind, column: str) -> dict[str, str] | None:
    own = (feed.words or {}).get(column)
    if own is None and column not in kind.words:
        return None
    return {**kind.words.get(column, {}), **(own or {})}


def _cells(table: TextTable, header: str) -> list[str]:
    position = table.header.index(header)
    return [row[position] for row in table.sample]


def _seen(table: TextTable, rule: Rule) -> tuple[str, ...]:
    if rule.constant is not None:
        return (rule.constant,)
    return tuple(sorted(set(_cells(table, rule.headers[0])))) if rule.headers else ()


def _has_decimal_comma(table: TextTable, feed: Feed, kind: Kind) -> bool:
    """Whether some number of the sample can only be read with a decimal comma, and none only with a point."""
    headers = {
        rule.headers[0]
        for ours, rule in feed.columns.items()
        if rule.headers and kind.column(ours).sql_type.startswith("decimal")
    }
    cells = [cell.strip() for header in headers for cell in _cells(table, header)]
    return any(map(_COMMA.search, cells)) and not any(map(_POINT.search, cells))


def _date_orders(
    connection: DuckDBPyConnection, table: TextTable, feed: Feed, kind: Kind, mapping: Mapping | None
) -> tuple[dict[str, str], list[Words]]:
    told: dict[str, str] = {}
    asked: dict[str, str] = {}
    for ours, rule in feed.columns.items():
        if kind.column(ours).sql_type != "date" or rule.lookup or rule.constant is not None:
            continue
        order = rule.date_order or (mapping.date_order if mapping else "")
        if order:
            told[ours] = order
        elif rule.headers and any(_is_short(cell) for cell in _cells(table, rule.headers[0])):
            asked[ours] = rule.headers[0]
    if not asked:
        return told, []
    found = _orders_in(connection, table, asked)
    proved = {order for order in found.values() if order in ("dmy", "mdy")}
    if len(proved) == 1:  # one program writes all its dates alike
        order = next(iter(proved))
        found = {ours: order if decided == "either" else decided for ours, decided in found.items()}
    undecided = [ours for ours, decided in found.items() if decided in ("either", "both")]
    if undecided:
        raise _undecided(table, asked[undecided[0]], found[undecided[0]])
    notes = [
        Words(f"{asked[ours]}：日期按 {order} 读取", f"{asked[ours]}: dates are read as {order}")
        for ours, order in found.items()
        if order != "same"
    ]
    return told | {ours: "dmy" if order == "same" else order for ours, order in found.items()}, notes


def _is_short(cell: str) -> bool:
    return bool(re.match(dates.SHORT_DATE, cell.strip()))


def _orders_in(connection: DuckDBPyConnection, table: TextTable, asked: dict[str, str]) -> dict[str, str]:
    """Return per column dmy or mdy where a value above 12 proves it, `either` or `both` where none or both do.

    `same`: day and month are equal in every value, so that the order makes no difference.
    """
    parts = []
    for header in asked.values():
        text = half_width(name(header))
        first, second = (
            f"try_cast(regexp_extract({text}, {literal(dates.SHORT_DATE)}, {group}) as integer)"
            for group in (1, 2)
        )
        parts += [f"bool_or({first} > 12)", f"bool_or({second} > 12)", f"bool_or({first} <> {second})"]
    row = connection.execute(f"select {', '.join(parts)} from {table.relation}").fetchone() or ()
    found = {}
    for number, ours in enumerate(asked):
        day_first, month_first, differs = (bool(value) for value in row[3 * number : 3 * number + 3])
        if day_first and month_first:
            found[ours] = "both"
        elif day_first or month_first:
            found[ours] = "dmy" if day_first else "mdy"
        else:
            found[ours] = "either" if differs else "same"
    return found


def _undecided(table: TextTable, header: str, decided: str) -> AmbiguousExport:
    examples = [cell for cell in _cells(table, header) if _is_short(cell)][:3]
    mixed = "some values fit only one order, some only the other"
    why = "no value has a day above 12" if decided == "either" else mixed
    return AmbiguousExport(
        "Day and month cannot be told apart",
        where=f"{table.part + ', ' if table.part else ''}column {header}",
        found=f"{', '.join(examples)}: {why}",
        expected="dates such as 2026-03-05, or a mapping that says date_order: dmy or mdy",
        next_step="salesdesk inspect FILE --write-mapping, then set date_order in the mapping it writes",
    )
