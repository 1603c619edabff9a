"""Shares: tax rates, and discounts, which a header may mean as taken off or as left to pay (九折 pays 90 %)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.errors import AmbiguousExport
from pipelines.exports import numbers
from pipelines.exports.declarations import Column, Words
from pipelines.exports.mapping import Feed, Rule
from pipelines.exports.sql_text import listed, literal, name

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.exports.reading import TextTable

# What a column of discounts may hold: the share taken off (0.1, and 10 above 1), percent taken off (1 is 1 %), or what
# is left to pay: 0.9, 9 (折) and 90 all take 10 % off.
DEDUCTED, PERCENT, PAID = "deducted", "percent", "paid"
# No discount of a whole column is as high: above it a plain number is a percentage, or what is paid.
_HALF = "0.5"
_IN_CHINESE = ("一二三四五六七八九零〇点", "12345678900.")
_FOLD = r"(\d{1,2}(\.\d+)?)折"
_NONE_OFF = ("不打折", "无折扣", "原价", "全价")
_HAN = re.compile(r"[\u4e00-\u9fff]")
# Of the rows that tell, this many of ten must agree.
_AGREE = 9


@dataclass(frozen=True)
class _Proof:
    """Rows whose amount tells what the discount means, and how many fit each meaning; cells that are bare numbers."""

    told: int
    fitting: dict[str, int]
    bare: int
    folds: int
    doubtful: int
    whole: int
    above_one: int
    below_one: int


def read_share(column: Column, shaped: str, discount: str, *, decimal_comma: bool) -> str:
    """Return the expression of the share that a shaped cell stands for: 0.13, 13 and 13% are one tax rate, 1 is 1 %.

    A rate of 0.83 stays that, for a rule to flag. A discount is what is taken off, however it is written; 九折 and 9折
    are 0.1.
    """
    kind = column.sql_type
    plain = _number(shaped, decimal_comma=decimal_comma)
    if column.name == "discount_rate":
        value = f"try_cast({_taken_off(shaped, plain, discount)} as {kind})"
        return f"case when {shaped} in ({listed(_NONE_OFF)}) then 0::{kind} else {value} end"
    return (
        f"case when {shaped} in ({listed(numbers.NO_TAX)}) then 0::{kind} "
        f"when ends_with({shaped}, '%') or abs({plain}) >= 1 then try_cast({plain} * 0.01 as {kind}) "
        f"else try_cast({plain} as {kind}) end"
    )


def sure_share(column: str, quick: str, discount: str) -> str:
    """Return the expression of a plainly read share, null where it may be misread."""
    if column == "discount_rate" and discount != DEDUCTED:
        return "null"
    return f"case when abs({quick}) < 1 then {quick} end"


def meaning_of_discount(
    connection: DuckDBPyConnection, table: TextTable, feed: Feed, *, decimal_comma: bool
) -> tuple[str, tuple[Words, ...]]:
    """Return what a feed's column of discounts holds, and words on why.

    Its mapping says so, or the amounts prove it, or an English header, where discount means off; else no bare number
    may be as large as what is paid. Raises AmbiguousExport where all that leaves it open.
    """
    rule = feed.columns["discount_rate"]
    if rule.discount or not rule.headers:
        return rule.discount or DEDUCTED, ()
    header = rule.headers[0]
    proof = _proof(connection, table, feed, header, decimal_comma=decimal_comma)
    best = max((DEDUCTED, PERCENT, PAID), key=lambda meaning: proof.fitting[meaning])
    if proof.told:
        if 10 * proof.fitting[best] < _AGREE * proof.told:
            raise _undecided(table, header, "rows in which it is taken off, rows in which it is paid")
        return best, (
            _told(
                header, best, f"由 {proof.told:,} 行的数量、单价与金额证明", f"as {proof.told:,} rows prove"
            ),
        )
    if proof.bare and proof.whole == proof.bare:
        return PAID, (_told(header, PAID, "1 与 100 即不打折", "1 and 100 stand for the whole price"),)
    if proof.folds and proof.bare:
        return PAID, (_told(header, PAID, "因有的值写作“折”", "as some values are written with 折"),)
    if _HAN.search(header) and proof.doubtful:
        raise _undecided(table, header, "no row whose quantity, unit price and amount prove it")
    meaning = PERCENT if proof.above_one and not proof.below_one else DEDUCTED
    is_told = proof.bare and _HAN.search(header)
    told = (_told(header, meaning, "没有一个值大过一半", "no value is above a half"),) if is_told else ()
    return meaning, told


def _told(header: str, meaning: str, zh: str, en: str) -> Words:
    what = (
        Words("应付的比例", "what is left to pay")
        if meaning == PAID
        else Words("减去的比例", "what is taken off")
    )
    return Words(f"{header}：读作{what.zh}，{zh}", f"{header}: read as {what.en}, {en}")


def _number(shaped: str, *, decimal_comma: bool = False) -> str:
    """Return the expression of the number before a percent sign; a point in a share never groups digits."""
    bare = f"rtrim({shaped}, '%')"
    read = numbers.digits(bare, decimal_comma=False)
    if decimal_comma:
        read = (
            f"case when contains({bare}, ',') then {numbers.digits(bare, decimal_comma=True)} else {read} end"
        )
    return f"try_cast({read} as decimal(18, 6))"


def _taken_off(shaped: str, plain: str, discount: str) -> str:
    said, written = map(literal, _IN_CHINESE)
    fold = (
        f"try_cast(regexp_extract(translate({shaped}, {said}, {written}), '^{_FOLD}$', 1) as decimal(18, 6))"
    )
    # Said with two digits and no point: 八五折 is 85 of a hundred.
    folded = f"1 - {fold} * case when {fold} > 10 then 0.01 else 0.1 end"
    percent = f"ends_with({shaped}, '%')"
    bare = {
        DEDUCTED: f"{plain} * case when {percent} or abs({plain}) > 1 then 0.01 else 1 end",
        PERCENT: f"{plain} * 0.01",
        PAID: f"case when {plain} > 0 then 1 - {plain} * case when {percent} or {plain} > 10 then 0.01 "
        f"when {plain} > 1 then 0.1 else 1 end end",
    }[discount]
    return f"case when ends_with({shaped}, '折') then {folded} else {bare} end"


def _proof(
    connection: DuckDBPyConnection, table: TextTable, feed: Feed, header: str, *, decimal_comma: bool
) -> _Proof:
    shaped = numbers.signed(numbers.lowered(name(header)))
    value = _number("cell", decimal_comma=decimal_comma)
    worth, amount = _times(feed, "quantity", "unit_price"), _times(feed, "amount")
    fits = {
        meaning: f"coalesce(abs(amount - worth * (1 - {_taken_off('cell', value, meaning)})) "
        "<= greatest(0.02, abs(worth) * 0.002), false)"
        for meaning in (DEDUCTED, PERCENT, PAID)
    }
    tells = f"not ({' and '.join(fits.values())}) and ({' or '.join(fits.values())})"
    is_bare = f"coalesce({value}, 0) <> 0"
    small = f"abs({value}) <= {_HALF} or (abs({value}) between 10.000001 and 50) or {value} < 0"
    doubtful = f"case when ends_with(cell, '%') then {value} > 50 else not ({small}) end"
    row = connection.execute(f"""
        select
            count(*) filter (where {tells}),
            {", ".join(f"count(*) filter (where {tells} and {fit})" for fit in fits.values())},
            count(*) filter (where {is_bare}),
            count(*) filter (where ends_with(cell, '折')),
            count(*) filter (where {is_bare} and {doubtful}),
            count(*) filter (where {value} in (1, 100)),
            count(*) filter (where abs({value}) > 1 and not ends_with(cell, '%')),
            count(*) filter (where abs({value}) between 0.000001 and 0.999999 and not ends_with(cell, '%'))
        from (select {shaped} as cell, {worth} as worth, {amount} as amount from {table.relation})
        where cell <> ''
    """).fetchone()
    told, deducted, percent, paid, *rest = map(int, row or (0,) * 10)
    return _Proof(told, {DEDUCTED: deducted, PERCENT: percent, PAID: paid}, *rest)


def _times(feed: Feed, *columns: str) -> str:
    """Return the product of what stands under our columns' headers, null where a file has no such header."""
    rules = [feed.columns.get(ours, Rule()) for ours in columns]
    if not all(rule.headers for rule in rules):
        return "null::decimal(18, 4)"
    factors = [f"number({name(rule.headers[0])}) * {rule.scale or 1}" for rule in rules]
    return f"try_cast({' * '.join(factors)} as decimal(38, 6))"


def _undecided(table: TextTable, header: str, found: str) -> AmbiguousExport:
    position = table.header.index(header)
    examples = list(dict.fromkeys(row[position] for row in table.sample if row[position].strip()))[:3]
    return AmbiguousExport(
        "A discount that is taken off and what is left to pay (九折) cannot be told apart",
        where=f"{table.part + ', ' if table.part else ''}column {header}",
        found=f"{', '.join(examples)}: {found}",
        expected="quantity, unit price and amount in each row, discounts such as 9折, or a mapping that says it",
        next_step="salesdesk inspect FILE --write-mapping, then under discount_rate: "
        f"{{from: {header}, discount: paid}} where 0.9 takes a tenth off, discount: deducted where it takes nine",
    )
