"""Statements that read one part many times: the part is computed once, and its readers in one pass."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from pipelines.spark.calls import call

if TYPE_CHECKING:
    from sqlglot import exp

# Spark puts a part in wherever it is read, and plans and computes it anew each time. A statement with so many reads
# beyond the first of each part is told in parts.
_MANY_READS = 20
# From so many branches on a union is said in one pass.
_MANY_BRANCHES = 10


def parts(tree: exp.Expr) -> list[exp.Expr]:
    """Take out of a statement, in place, the parts to be computed before it; none where no part is read often."""
    from sqlglot import exp

    with_ = tree.args.get("with_")
    reads = Counter(table.name for table in tree.find_all(exp.Table) if not table.db)
    if with_ is None:
        with_ = next(iter(tree.find_all(exp.With)), None)
    if with_ is None or sum(reads[part.alias] - 1 for part in with_.expressions) < _MANY_READS:
        return []
    taken = [part for part in with_.expressions if reads[part.alias] > 1]
    left = [part for part in with_.expressions if reads[part.alias] == 1]
    for part in taken:
        _bring(part, left)
    with_.set("expressions", left)
    if not left:
        with_.pop()
    return taken


def _bring(part: exp.Expr, left: list[Any]) -> None:
    """Let a part that is computed by itself have those that it alone reads."""
    from sqlglot import exp

    read = {table.name for table in part.this.find_all(exp.Table) if not table.db}
    own = [each for each in left if each.alias in read]
    if own:
        part.this.set("with_", exp.With(expressions=[each.copy() for each in own]))
    for each in own:
        left.remove(each)


def in_one_pass(node: exp.Union) -> exp.Expr:
    """Say a union of many selects from one part as one select that gives several rows for each that it reads."""
    from sqlglot import exp

    is_bare = {name for name, value in node.args.items() if value} <= {"this", "expression", "side", "kind"}
    if isinstance(node.parent, exp.Union) or not is_bare:
        return node
    branches = _branches(node)
    if len(branches) < _MANY_BRANCHES or not all(_is_plain(each) for each in branches):
        return node
    (source, *others) = {each.args["from_"].this.sql("spark") for each in branches}
    if others:
        return node
    names = [shown.alias_or_name for shown in branches[0].expressions]
    rows = [_row(each, names) for each in branches]
    spread = call("inline", call("array_compact", exp.Array(expressions=rows)))
    shown = exp.Aliases(this=spread, expressions=[exp.to_identifier(name) for name in names])
    return exp.Select(expressions=[shown]).from_(exp.to_table(source, dialect="spark"))


def _branches(node: exp.Expr) -> list[Any]:
    from sqlglot import exp

    if isinstance(node, exp.Union) and not node.args.get("distinct"):
        return [*_branches(node.left), *_branches(node.right)]
    return [node]


def _is_plain(select: Any) -> bool:
    """Whether a query does nothing but choose and compute from the rows of one table."""
    from sqlglot import exp

    used = {name for name, value in select.args.items() if value}
    if not isinstance(select, exp.Select) or not used <= {"expressions", "from_", "where"}:
        return False
    return isinstance(select.args["from_"].this, exp.Table) and not select.find(
        exp.AggFunc, exp.Window, exp.Star, exp.Explode
    )


def _row(select: Any, names: list[str]) -> exp.Expr:
    from sqlglot import exp

    pairs = zip(names, select.expressions, strict=True)
    made = call("named_struct", *(part for name, shown in pairs for part in (name, shown.unalias().copy())))
    where = select.args.get("where")
    return exp.If(this=where.this.copy(), true=made, false=exp.Null()) if where else made
