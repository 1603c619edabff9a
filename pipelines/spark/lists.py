"""Lists spread to rows, and columns turned to rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.spark.calls import call, refuse

if TYPE_CHECKING:
    from sqlglot import exp

# The length of a part of a list that ends where the list does.
_MORE_THAN_ANY = 1_000_000_000
# What holds a sum of money, or of whole numbers, to the last decimal.
_WIDE = "decimal(38, 10)"


def numbers(node: exp.Table) -> exp.Expr:
    """Spread a series of numbers that stands as a table."""
    from sqlglot import exp

    alias = node.args["alias"]
    spread = exp.alias_(exp.Explode(this=node.this), alias.columns[0] if alias.columns else alias.this)
    return exp.Subquery(this=exp.Select(expressions=[spread]), alias=exp.TableAlias(this=alias.this))


def cast_of_generator(node: exp.Cast) -> exp.Expr:
    """Cast the list before it is spread: Spark wants the spreading outermost."""
    from sqlglot import exp

    if not isinstance(node.this, exp.Explode):
        return node
    inside = exp.Cast(this=node.this.this, to=exp.DataType(this="ARRAY", expressions=[node.to], nested=True))
    return exp.Explode(this=inside)


def side_by_side(node: exp.Select) -> exp.Expr:
    """Spread several lists side by side at once, where a select is nothing but lists to spread."""
    from sqlglot import exp

    shown = [each.unalias() for each in node.expressions]
    if len(shown) < 2 or not all(isinstance(each, exp.Explode) for each in shown):
        return node
    zipped = call("inline", call("arrays_zip", *(each.this for each in shown)))
    names = [exp.to_identifier(each.alias) for each in node.expressions]
    node.set("expressions", [exp.Aliases(this=zipped, expressions=names)])
    return node


def spread_inside(node: exp.Select) -> exp.Expr:
    """Spread a list below the select where a function takes its values: Spark wants the spreading outermost."""
    from sqlglot import exp

    inside = [
        spread
        for shown in node.expressions
        for spread in shown.unalias().find_all(exp.Explode)
        if spread is not shown.unalias() and not isinstance(spread.parent, exp.Cast)
    ]
    if not inside:
        return node
    if len(inside) > 1 or node.args.get("joins"):
        return refuse(node)
    (spread,) = inside
    below = exp.Select(expressions=[exp.Star(), exp.alias_(spread.copy(), "_each")])
    below.set("from_", node.args["from_"].copy())
    spread.replace(exp.column("_each"))
    name = node.args["from_"].this.alias_or_name or "_spread"
    source = exp.Subquery(this=below, alias=exp.TableAlias(this=exp.to_identifier(name)))
    node.set("from_", exp.From(this=source))
    return node


def right_part(node: exp.Bracket) -> exp.Expr:
    """Take `list[n:]`, the list from its n-th value on; of a text Spark refuses it."""
    from sqlglot import exp

    (index,) = node.expressions if len(node.expressions) == 1 else (None,)
    if not isinstance(index, exp.Slice) or not isinstance(index.this, exp.Literal) or index.expression:
        return node
    return call("slice", node.this, index.this, exp.Literal.number(_MORE_THAN_ANY))


def in_order(node: exp.ArrayAgg) -> exp.Expr:
    """Put a list of values in their own order, nulls last; Spark would leave any other order away without a word."""
    from sqlglot import exp

    if not isinstance(node.this, exp.Order):
        return node
    (ordered, *more) = node.this.expressions
    value = node.this.this
    if (
        isinstance(node.parent, exp.Filter)
        or more
        or ordered.this != value
        or ordered.args.get("desc")
        or ordered.args.get("nulls_first")
    ):
        return refuse(node)
    shown = value.sql("spark")
    text = f"concat(array_sort(collect_list({shown})), array_repeat(null, cast(count(*) - count({shown}) as int)))"
    return exp.maybe_parse(f"nullif({text}, array())", dialect="spark")


def total(values: exp.Expr) -> exp.Expr:
    """Add up a list's values, without those that are null; null where there are none."""
    from sqlglot import exp

    given = f"filter({values.sql('spark')}, each -> each is not null)"
    zero = f"if(size({given}) > 0, cast(0 as {_WIDE}), null)"
    return exp.maybe_parse(
        f"aggregate({given}, {zero}, (total, each) -> cast(total + each as {_WIDE}))", dialect="spark"
    )


def columns_to_rows(node: exp.Pivot) -> exp.Expr:
    """Turn columns to rows, as `unpivot … on … into name … value …` does, without those that are null."""
    from sqlglot import exp

    into = node.args.get("into")
    if not node.args.get("unpivot") or into is None or len(into.expressions) != 1:
        return refuse(node)
    columns = [each.unalias() for each in node.expressions]
    pairs = [
        part
        for shown, column in zip(node.expressions, columns, strict=True)
        for part in (exp.Literal.string(shown.alias_or_name), column.copy())
    ]
    names = [into.this.this.copy(), into.expressions[0].this.copy()]
    stack = exp.Aliases(this=call("stack", len(columns), *pairs), expressions=names)
    below = exp.Select(expressions=[exp.Star(except_=[each.this.copy() for each in columns]), stack])
    below = below.from_(node.this.copy())
    source = exp.Subquery(this=below, alias=exp.TableAlias(this=exp.to_identifier("_all")))
    given = exp.Not(this=exp.Is(this=exp.column(names[1].copy()), expression=exp.Null()))
    return exp.Select(expressions=[exp.Star()]).from_(source).where(given)
