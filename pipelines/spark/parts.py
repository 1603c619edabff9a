"""Parts that are computed once, before the statement that reads them: Spark puts a part in wherever it is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlglot import exp

# Spark plans and computes a part anew at each read. A statement with so many reads beyond each part's first is told in
# parts.
_MANY_READS = 20


def taken_out(tree: exp.Expr) -> list[exp.Expr]:
    """Take out of a statement, in place, the parts to be computed before it, each with those that it reads.

    They are what is read often, and what numbers rows in no order: computed anew, a row would get another number.
    """
    from sqlglot import exp

    with_ = tree.args.get("with_") or next(iter(tree.find_all(exp.With)), None)
    if with_ is None:
        return []
    reads = Counter(table.name for table in tree.find_all(exp.Table) if not table.db)
    is_long = sum(reads[part.alias] - 1 for part in with_.expressions) >= _MANY_READS
    taken = [
        part
        for part in with_.expressions
        if (is_long and reads[part.alias] > 1) or _numbers_in_no_order(part)
    ]
    left = [part for part in with_.expressions if part not in taken]
    for part in taken:
        own = part.this.args.get("with_")
        brought = [each.copy() for each in _read_by([part], left)]
        if brought:
            part.this.set("with_", exp.With(expressions=[*brought, *(own.expressions if own else [])]))
    with_.set("expressions", _read_by([with_.parent], left, without=with_))
    if not with_.expressions:
        with_.pop()
    return taken


def _numbers_in_no_order(part: exp.Expr) -> bool:
    """Tell whether a part numbers rows as they come; `windows.framed` has put a literal where Spark wants an order."""
    from sqlglot import exp

    return any(
        isinstance(window.this, exp.RowNumber)
        and all(isinstance(each.this, exp.Literal) for each in window.args["order"].expressions)
        for window in part.find_all(exp.Window)
    )


def _read_by(roots: Sequence[Any], parts: Sequence[Any], *, without: Any = None) -> list[Any]:
    """Return those of the parts that something reads, itself or through others, in their order."""
    from sqlglot import exp

    names: set[str] = set()
    pending = list(roots)
    while pending:
        one = pending.pop()
        read = {
            table.name
            for table in one.find_all(exp.Table)
            if not table.db and (without is None or one not in roots or not _is_below(table, without))
        } - names
        names |= read
        pending += [part for part in parts if part.alias in read]
    return [part for part in parts if part.alias in names]


def _is_below(node: exp.Expr, other: exp.Expr) -> bool:
    while node.parent is not None:
        if node is other:
            return True
        node = node.parent
    return False
