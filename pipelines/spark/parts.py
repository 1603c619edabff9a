"""Statements that read one part many times: the part is computed once, before them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlglot import exp

# Spark puts a part in wherever it is read, and plans and computes it anew each time. A statement with so many reads
# beyond the first of each part is told in parts.
_MANY_READS = 20


def taken_out(tree: exp.Expr) -> list[exp.Expr]:
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
