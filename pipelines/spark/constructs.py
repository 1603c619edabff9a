"""The constructs that DuckDB and Spark say or do differently, each with its change."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pipelines.errors import ModelError

if TYPE_CHECKING:
    from sqlglot import exp

# What has no counterpart in Spark, or another meaning there: a model that uses it is built by DuckDB.
_UNKNOWN_TO_SPARK = frozenset({"LIST_REDUCE", "PRODUCT", "QUANTILE_CONT", "STRUCT_UPDATE", "TRY_STRPTIME"})


class NotTranslated(ModelError):
    """A statement uses something that Spark does not have."""


def relation_name(relation: str) -> str:
    """Return the name of a relation's view in Spark: `marts.fct_orders` is `marts__fct_orders`."""
    return relation.replace(".", "__")


def changes() -> tuple[tuple[type[exp.Expr], Callable[[Any], exp.Expr]], ...]:
    """Return what is told another way, kind by kind, in the order in which it is changed."""
    from sqlglot import exp

    return (
        # whether a part is computed once or where it is used is Spark's to decide
        (exp.CTE, lambda node: node.set("materialized", None) or node),
        (exp.Select, _named_windows),
        (exp.Select, _kept),
        (exp.Select, _aliases_in_windows),
        (exp.Select, _side_by_side),
        (exp.Table, _view),
        (exp.DataType, _wide_integer),
        (exp.Cast, _cast_of_generator),
        (exp.Cast, _rounded),
        (exp.DateDiff, _boundaries),
        (exp.In, _in_columns),
        (exp.Bracket, _left_part),
        (exp.Extract, _iso_weekday),
        (exp.ToDays, lambda node: _call("make_interval", 0, 0, 0, node.this)),
        (exp.RegexpFullMatch, _full_match),
        (exp.IntDiv, _null_by_zero),
        (exp.Div, _null_by_zero),
        (exp.Mod, _null_by_zero),
        (exp.Window, _frame),
        (exp.Anonymous, _named),
        (exp.Join, _refuse_asof),
        (exp.Pivot, _refuse),
    )


def _call(name: str, *arguments: Any) -> exp.Expr:
    from sqlglot import exp

    return exp.Anonymous(this=name, expressions=[exp.convert(each) for each in arguments])


def _view(node: exp.Table) -> exp.Expr:
    """Name the view of `schema.table`, under the table's own name where the query gives it no other."""
    from sqlglot import exp

    if isinstance(node.this, exp.GenerateSeries):
        return _numbers(node)
    if not node.db:
        return node
    alias = node.args.get("alias") or exp.TableAlias(this=exp.to_identifier(node.name))
    kept = {
        name: value for name, value in node.args.items() if name not in {"this", "db", "catalog", "alias"}
    }
    return exp.Table(this=exp.to_identifier(relation_name(f"{node.db}.{node.name}")), alias=alias, **kept)


def _numbers(node: exp.Table) -> exp.Expr:
    """Spread a series of numbers that stands as a table."""
    from sqlglot import exp

    alias = node.args["alias"]
    spread = exp.alias_(exp.Explode(this=node.this), alias.columns[0] if alias.columns else alias.this)
    return exp.Subquery(this=exp.Select(expressions=[spread]), alias=exp.TableAlias(this=alias.this))


def _named_windows(node: exp.Select) -> exp.Expr:
    """Say a window that is named below where it is used."""
    from sqlglot import exp

    windows = {window.name: window for window in node.args.get("windows") or ()}
    for used in node.find_all(exp.Window):
        named = windows.get(used.alias) if used.args.get("alias") else None
        if named is not None:
            used.set("alias", None)
            for part in ("partition_by", "order", "spec"):
                value = named.args.get(part)
                copied = (
                    [each.copy() for each in value] if isinstance(value, list) else value and value.copy()
                )
                used.set(part, copied)
    node.set("windows", None)
    return node


def _aliases_in_windows(node: exp.Select) -> exp.Expr:
    """Say in a window what an alias before it stands for; an alias that has the name of a column means the column."""
    from sqlglot import exp

    meant: dict[str, exp.Expr] = {}
    for shown in node.expressions:
        for window in shown.find_all(exp.Window):
            for column in list(window.find_all(exp.Column)):
                if not column.table and column.name in meant:
                    column.replace(exp.Paren(this=meant[column.name].copy()))
        if isinstance(shown, exp.Alias):
            is_column = any(column.name == shown.alias for column in shown.this.find_all(exp.Column))
            if not is_column:
                meant[shown.alias] = shown.this
    return node


def _kept(node: exp.Select) -> exp.Expr:
    """Keep the rows of `qualify` by a column of their own, which goes again: so a star stays what it was."""
    from sqlglot import exp

    qualify = node.args.get("qualify")
    if qualify is None:
        return node
    outer = exp.Select(expressions=[exp.Star(except_=[exp.to_identifier("_is_kept")])])
    for name in ("with_", "order", "limit"):
        part = node.args.get(name)
        node.set(name, None)
        outer.set(name, part)
    node.set("qualify", None)
    node.append("expressions", exp.alias_(qualify.this, "_is_kept"))
    inner = exp.Subquery(this=node.copy(), alias=exp.TableAlias(this=exp.to_identifier("_all")))
    return outer.from_(inner).where(exp.column("_is_kept"))


def _frame(node: exp.Window) -> exp.Expr:
    """Leave the frame away where it means nothing and Spark wants none; count distinct values as those collected."""
    from sqlglot import exp

    counted = node.this
    if isinstance(counted, exp.Count) and isinstance(counted.this, exp.Distinct):
        node.set("this", _call("collect_set", *counted.this.expressions))
        return exp.ArraySize(this=node.copy())

    if isinstance(node.this, exp.Lag | exp.Lead | exp.RowNumber | exp.Rank | exp.DenseRank):
        node.set("spec", None)
    return node


def _null_by_zero(node: exp.Binary) -> exp.Expr:
    """Give null where something is divided by 0, as DuckDB does, not an error."""
    from sqlglot import exp

    divisor = node.expression
    is_safe = isinstance(divisor, exp.Nullif) or (isinstance(divisor, exp.Literal) and divisor.name != "0")
    if not is_safe:
        node.set("expression", exp.Nullif(this=divisor, expression=exp.Literal.number(0)))
    return node


def _refuse_asof(node: exp.Join) -> exp.Expr:
    return _refuse(node) if node.method.upper() == "ASOF" else node


def _refuse(node: exp.Expr) -> exp.Expr:
    raise NotTranslated("Spark has nothing like it", found=" ".join(node.sql("duckdb").split())[:120])


def _wide_integer(node: exp.DataType) -> exp.Expr:
    """Write HUGEINT as the widest whole decimal."""
    from sqlglot import exp

    is_wide = node.this in {exp.DataType.Type.INT128, exp.DataType.Type.UINT128}
    return exp.DataType.build("decimal(38, 0)", dialect="spark") if is_wide else node


def _cast_of_generator(node: exp.Cast) -> exp.Expr:
    """Cast the list before it is spread: Spark wants the spreading outermost."""
    from sqlglot import exp

    if not isinstance(node.this, exp.Explode):
        return node
    inside = exp.Cast(this=node.this.this, to=exp.DataType(this="ARRAY", expressions=[node.to], nested=True))
    return exp.Explode(this=inside)


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
        return _refuse(node)
    first, last = (_since_year_0(day.sql("spark"), unit) for day in (node.expression, node.this))
    return exp.maybe_parse(f"({last} - {first})", dialect="spark")


def _since_year_0(day: str, unit: str) -> str:
    return f"year({day})" if unit == "YEAR" else f"(year({day}) * {_IN_A_YEAR[unit]} + {unit.lower()}({day}))"


def _side_by_side(node: exp.Select) -> exp.Expr:
    """Spread several lists side by side at once, where a select is nothing but lists to spread."""
    from sqlglot import exp

    shown = [each.unalias() for each in node.expressions]
    if len(shown) < 2 or not all(isinstance(each, exp.Explode) for each in shown):
        return node
    zipped = _call("inline", _call("arrays_zip", *(each.this for each in shown)))
    names = [exp.to_identifier(each.alias) for each in node.expressions]
    node.set("expressions", [exp.Aliases(this=zipped, expressions=names)])
    return node


def _in_columns(node: exp.In) -> exp.Expr:
    """Compare several columns with a subquery of as many, not of one that is a row."""
    from sqlglot import exp

    query = node.args.get("query")
    select = query.this if query is not None else None
    if isinstance(node.this, exp.Tuple) and isinstance(select, exp.Select):
        (first, *more) = select.expressions
        if isinstance(first, exp.Tuple) and not more:
            select.set("expressions", first.expressions)
    return node


def _left_part(node: exp.Bracket) -> exp.Expr:
    """Write `text[:n]` as the left part of a text."""
    from sqlglot import exp

    (index,) = node.expressions if len(node.expressions) == 1 else (None,)
    if isinstance(index, exp.Slice) and index.this is None and index.expression is not None:
        return exp.Left(this=node.this, expression=index.expression)
    return node


def _iso_weekday(node: exp.Extract) -> exp.Expr:
    """Count the days of the week from Monday as 1."""
    from sqlglot import exp

    if node.name.upper() != "ISODOW":
        return node
    return exp.Paren(this=exp.Add(this=_call("weekday", node.expression), expression=exp.Literal.number(1)))


def _full_match(node: exp.RegexpFullMatch) -> exp.Expr:
    """Let a pattern match the whole text."""
    whole = _call("concat", "^(?:", node.expression, ")$")
    return _call("regexp_like", node.this, whole)


def _named(node: exp.Anonymous) -> exp.Expr:

    arguments = node.expressions
    match node.name.upper():
        case "LIST_POSITION":
            # 0 where it is not in the list, as DuckDB has null
            return _call("nullif", _call("array_position", *arguments), 0)
        case "ROW":
            return _call("struct", *arguments)
        case "TO_MONTHS":
            return _call("make_interval", 0, *arguments)
        case name if name in _UNKNOWN_TO_SPARK:
            raise NotTranslated("Spark has no such function", found=node.sql("duckdb")[:80])
        case _:
            return node
