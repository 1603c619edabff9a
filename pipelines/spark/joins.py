"""As-of joins, which Spark has not: each row looks its nearest one up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.spark.calls import refuse

if TYPE_CHECKING:
    from sqlglot import exp


def nearest(node: exp.Join) -> exp.Expr:
    """Say an as-of join as a lateral one with the first row by the column that is compared."""
    from sqlglot import exp

    if node.method.upper() != "ASOF":
        return node
    name, condition = node.this.alias_or_name, node.args.get("on")
    if condition is None or node.side not in {"", "LEFT"}:
        return refuse(node)
    compared = list(condition.find_all(exp.GT, exp.GTE, exp.LT, exp.LTE))
    if len(compared) != 1:
        return refuse(node)
    (comparison,) = compared
    is_above = isinstance(comparison, exp.GT | exp.GTE)
    key = comparison.expression
    if not _is_of(key, name):
        key, is_above = comparison.this, not is_above
    if not _is_of(key, name):
        return refuse(node)
    found = exp.Select(expressions=[exp.Star()]).from_(node.this.copy()).where(condition.copy())
    found = found.order_by(exp.Ordered(this=key.copy(), desc=is_above, nulls_first=False)).limit(1)
    lateral = exp.Lateral(this=exp.Subquery(this=found), alias=exp.TableAlias(this=exp.to_identifier(name)))
    return exp.Join(this=lateral, side=node.side, kind="" if node.side else "INNER", on=exp.true())


def _is_of(column: exp.Expr, table: str) -> bool:
    from sqlglot import exp

    return isinstance(column, exp.Column) and column.table == table
