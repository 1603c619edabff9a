"""The constructs that DuckDB and Spark say or do differently, each with its change."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pipelines.spark import joins, lists, windows
from pipelines.spark.calls import NotTranslated, call, refuse

if TYPE_CHECKING:
    from sqlglot import exp

# What has no counterpart in Spark, or another meaning there: a model that uses it is built by DuckDB.
_UNKNOWN_TO_SPARK = frozenset({"LIST_REDUCE", "QUANTILE_CONT", "STRUCT_UPDATE", "TRY_STRPTIME"})


def relation_name(relation: str) -> str:
    """Return the name of a relation's view in Spark: `marts.fct_orders` is `marts__fct_orders`."""
    return relation.replace(".", "__")


def changes() -> tuple[tuple[type[exp.Expr], Callable[[Any], exp.Expr]], ...]:
    """Return what is told another way, kind by kind, in the order in which it is changed."""
    from sqlglot import exp

    return (
        # whether a part is computed once or where it is used is Spark's to decide
        (exp.CTE, lambda node: node.set("materialized", None) or node),
        (exp.Literal, _pattern),
        (exp.Select, windows.named),
        (exp.Select, windows.qualified),
        (exp.Select, windows.aliases),
        (exp.Select, lists.side_by_side),
        (exp.Select, lists.spread_inside),
        (exp.Table, _view),
        (exp.DataType, _wide_integer),
        (exp.Cast, lists.cast_of_generator),
        (exp.Cast, _rounded),
        (exp.DateDiff, _boundaries),
        (exp.In, _in_columns),
        (exp.Bracket, _left_part),
        (exp.Bracket, lists.right_part),
        (exp.ArrayAgg, lists.in_order),
        (exp.Extract, _iso_weekday),
        (exp.DayOfWeekIso, lambda node: _from_monday(node.this)),
        (exp.ArrayAppend, lambda node: call("array_append", node.this, node.expression)),
        (exp.ToDays, lambda node: call("make_interval", 0, 0, 0, node.this)),
        (exp.RegexpFullMatch, _full_match),
        (exp.IntDiv, _null_by_zero),
        (exp.Div, _null_by_zero),
        (exp.Mod, _null_by_zero),
        (exp.Window, windows.framed),
        (exp.Grouping, _grouping),
        (exp.PercentileDisc, _percentile),
        (exp.Filter, _median),
        (exp.Median, _median),
        (exp.Anonymous, _named),
        (exp.Join, joins.nearest),
        (exp.Pivot, lists.columns_to_rows),
    )


def _view(node: exp.Table) -> exp.Expr:
    """Name the view of `schema.table`, under the table's own name where the query gives it no other."""
    from sqlglot import exp

    if isinstance(node.this, exp.GenerateSeries):
        return lists.numbers(node)
    if not node.db:
        return node
    alias = node.args.get("alias") or exp.TableAlias(this=exp.to_identifier(node.name))
    kept = {
        name: value for name, value in node.args.items() if name not in {"this", "db", "catalog", "alias"}
    }
    return exp.Table(this=exp.to_identifier(relation_name(f"{node.db}.{node.name}")), alias=alias, **kept)


def _null_by_zero(node: exp.Binary) -> exp.Expr:
    """Give null where something is divided by 0, as DuckDB does, not an error."""
    from sqlglot import exp

    divisor = node.expression
    is_safe = isinstance(divisor, exp.Nullif) or (isinstance(divisor, exp.Literal) and divisor.name != "0")
    if not is_safe:
        node.set("expression", exp.Nullif(this=divisor, expression=exp.Literal.number(0)))
    return node


def _wide_integer(node: exp.DataType) -> exp.Expr:
    """Write HUGEINT as the widest whole decimal."""
    from sqlglot import exp

    is_wide = node.this in {exp.DataType.Type.INT128, exp.DataType.Type.UINT128}
    return exp.DataType.build("decimal(38, 0)", dialect="spark") if is_wide else node


def _rounded(node: exp.Cast) -> exp.Expr:
    """Round what is computed before it becomes a whole number: Spark would cut."""
    from sqlglot import exp

    is_computed = node.this.find(exp.Mul, exp.Div, exp.Sum) is not None
    if not node.to.is_type(*exp.DataType.SIGNED_INTEGER_TYPES) or not (is_computed or _is_decimal(node.this)):
        return node
    node.set("this", exp.Round(this=node.this))
    return node


def _is_decimal(node: exp.Expr) -> bool:
    from sqlglot import exp

    inner = node.unnest()
    return isinstance(inner, exp.Cast) and inner.to.is_type(exp.DataType.Type.DECIMAL)


# How many of a unit there are in a year.
_IN_A_YEAR = {"MONTH": 12, "QUARTER": 4, "YEAR": 1}


def _boundaries(node: exp.DateDiff) -> exp.Expr:
    """Count the boundaries of months, quarters or years between two days, as DuckDB does: Spark counts whole ones."""
    from sqlglot import exp

    unit = node.unit.name.upper() if node.unit is not None else "DAY"
    if unit == "DAY":
        return node
    if unit not in _IN_A_YEAR:
        return refuse(node)
    first, last = (_since_year_0(day.sql("spark"), unit) for day in (node.expression, node.this))
    return exp.maybe_parse(f"({last} - {first})", dialect="spark")


def _since_year_0(day: str, unit: str) -> str:
    return f"year({day})" if unit == "YEAR" else f"(year({day}) * {_IN_A_YEAR[unit]} + {unit.lower()}({day}))"


def _in_columns(node: exp.In) -> exp.Expr:
    """Compare several columns with a subquery of as many, not of one that is a row; keep null what is unknown.

    Where the comparison is not a condition by itself Spark takes unknown for false.
    """
    from sqlglot import exp

    query = node.args.get("query")
    select = query.this if query is not None else None
    if isinstance(node.this, exp.Tuple) and isinstance(select, exp.Select):
        (first, *more) = select.expressions
        if isinstance(first, exp.Tuple) and not more:
            select.set("expressions", first.expressions)
    if query is None or node.find_ancestor(exp.Coalesce, exp.Select).__class__ is not exp.Coalesce:
        return node
    values = node.this.expressions if isinstance(node.this, exp.Tuple) else [node.this]
    given = exp.and_(*(exp.Not(this=exp.Is(this=each.copy(), expression=exp.Null())) for each in values))
    return exp.Paren(this=exp.Case(ifs=[exp.If(this=given, true=node.copy())]))


def _left_part(node: exp.Bracket) -> exp.Expr:
    """Write `text[:n]` as the left part of a text."""
    from sqlglot import exp

    (index,) = node.expressions if len(node.expressions) == 1 else (None,)
    if isinstance(index, exp.Slice) and index.this is None and index.expression is not None:
        return exp.Left(this=node.this, expression=index.expression)
    return node


def _iso_weekday(node: exp.Extract) -> exp.Expr:
    """Count the days of the week from Monday as 1."""
    if node.name.upper() != "ISODOW":
        return node
    return _from_monday(node.expression)


def _from_monday(day: exp.Expr) -> exp.Expr:
    from sqlglot import exp

    return exp.Paren(this=exp.Add(this=call("weekday", day), expression=exp.Literal.number(1)))


def _full_match(node: exp.RegexpFullMatch) -> exp.Expr:
    """Let a pattern match the whole text."""
    whole = call("concat", "^(?:", node.expression, ")$")
    return call("regexp_like", node.this, whole)


def _pattern(node: exp.Literal) -> exp.Expr:
    """Name classes of letters in a pattern as Java does."""
    from sqlglot import exp

    if not node.is_string or "[:" not in node.this:
        return node
    named = re.sub(r"\[:(\w)(\w+):\]", lambda found: rf"\p{{{found[1].upper()}{found[2]}}}", node.this)
    return exp.Literal.string(named)


# What is called by another name.
_OTHER_NAMES = {"MAP_CONTAINS": "map_contains_key", "ROW": "struct", "ERROR": "raise_error"}


def _named(node: exp.Anonymous) -> exp.Expr:
    arguments = node.expressions
    match node.name.upper():
        case name if name in _OTHER_NAMES:
            return call(_OTHER_NAMES[name], *arguments)
        case "LIST_POSITION":
            # 0 where it is not in the list, as DuckDB has null
            return call("nullif", call("array_position", *arguments), 0)
        case "LIST_SUM":
            return lists.total(*arguments)
        case "TO_MONTHS":
            return call("make_interval", 0, *arguments)
        case name if name in _UNKNOWN_TO_SPARK:
            raise NotTranslated("Spark has no such function", found=node.sql("duckdb")[:80])
        case _:
            return node


def _grouping(node: exp.Grouping) -> exp.Expr:
    """Put together which of several columns are not grouped by, as bits: Spark tells it of one column at a time."""
    from sqlglot import exp

    columns = node.expressions
    bits = [f"grouping({each.sql('spark')}) * {1 << place}" for place, each in enumerate(reversed(columns))]
    return node if len(columns) == 1 else exp.maybe_parse(f"({' + '.join(bits)})", dialect="spark")


def _percentile(node: exp.PercentileDisc) -> exp.Expr:
    """Say what is ordered beside the share, not within."""
    from sqlglot import exp

    share = node.args.get("expression")
    if share is None:
        return node
    order = exp.Order(expressions=[exp.Ordered(this=node.this.copy(), nulls_first=True)])
    # by its name: of the function that it knows SQLGlot makes one that guesses
    return exp.WithinGroup(this=call("percentile_disc", share.copy()), expression=order)


def _median(node: exp.Filter | exp.Median) -> exp.Expr:
    """Take the middle of the two values in the middle: of decimals cut to their own places, else in floating point."""
    from sqlglot import exp

    median = node.this if isinstance(node, exp.Filter) else node
    if not isinstance(median, exp.Median) or isinstance(node.parent, exp.Filter | exp.Window):
        return node
    value = median.this.sql("spark")
    condition = f" filter ({node.expression.sql('spark')})" if isinstance(node, exp.Filter) else ""
    low, high = (
        f"percentile_disc(0.5) within group (order by {value} {direction}){condition}"
        for direction in ("asc", "desc")
    )
    # Spark gives a DOUBLE of any number; money has four decimals
    exact = " + ".join(f"cast({each} as decimal(38, 4))" for each in (low, high))
    text = f"case when typeof(max({value})) like 'decimal%' then floor(({exact}) / 2, 4) else ({low} + {high}) / 2 end"
    return exp.Anonymous(this="", expressions=[exp.Var(this=text)])
