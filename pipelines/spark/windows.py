"""Windows: named ones, aliases in them, `qualify`, and aggregates that Spark has in no window with an order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.spark.calls import call

if TYPE_CHECKING:
    from sqlglot import exp


def named(node: exp.Select) -> exp.Expr:
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


def aliases(node: exp.Select) -> exp.Expr:
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


def qualified(node: exp.Select) -> exp.Expr:
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


def framed(node: exp.Window) -> exp.Expr:
    """Leave the frame away where it means nothing and Spark wants none; count distinct values as those collected."""
    from sqlglot import exp

    counted = node.this
    if isinstance(counted, exp.Count) and isinstance(counted.this, exp.Distinct):
        node.set("this", call("collect_set", *counted.this.expressions))
        return exp.ArraySize(this=node.copy())
    if isinstance(counted, exp.Median) and node.args.get("order"):
        node.set("this", call("collect_list", counted.this))
        return _of_list(f"array_sort({node.sql('spark')})", _MIDDLE)
    if isinstance(counted, exp.Anonymous) and counted.name.upper() == "PRODUCT":
        node.set("this", call("collect_list", *(_as_double(each) for each in counted.expressions)))
        return _of_list(node.sql("spark"), _PRODUCT)

    if isinstance(node.this, exp.RowNumber) and not node.args.get("order"):
        # any order will do, but Spark wants one
        node.set("order", exp.Order(expressions=[exp.Ordered(this=exp.Literal.number(1))]))
    if isinstance(node.this, exp.Lag | exp.Lead | exp.RowNumber | exp.Rank | exp.DenseRank):
        node.set("spec", None)
    return node


# What DuckDB gives of a list `s`: of an even number of values the mean of the two in the middle.
_MIDDLE = (
    "if(size(s) = 0, null, (cast(element_at(s, cast((size(s) + 1) div 2 as int)) as double) "
    "+ element_at(s, cast(size(s) div 2 + 1 as int))) / 2)"
)
_PRODUCT = "if(size(s) = 0, null, aggregate(s, cast(1 as double), (product, x) -> product * x))"


def _of_list(values: str, result: str) -> exp.Expr:
    """Return the SQL of something computed of a list that is said once."""
    from sqlglot import exp

    return exp.maybe_parse(f"element_at(transform(array({values}), s -> {result}), 1)", dialect="spark")


def _as_double(node: exp.Expr) -> exp.Expr:
    """Divide in floating point, as DuckDB does."""
    from sqlglot import exp

    for quotient in list(node.find_all(exp.Div)):
        quotient.set("this", exp.cast(quotient.this, "double"))
    return node
