"""`union all by name`, which Spark's SQL does not have: each side gets its columns in one order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pipelines.errors import ModelError

if TYPE_CHECKING:
    from sqlglot import exp

Columns = Mapping[str, Sequence[str]]


def spell_out(tree: exp.Expr, columns: Columns) -> None:
    """Change every `union by name` of a statement into one by place, in place.

    `columns` names the columns of each relation, as `schema.table`. Raises ModelError for a star over something whose
    columns are not known.
    """
    from sqlglot import exp

    known = {cte.alias: cte.this for cte in tree.find_all(exp.CTE)}
    for union in reversed(list(tree.find_all(exp.Union))):
        if not union.args.get("by_name"):
            continue
        left, right = (_names(side, known, columns) for side in (union.left, union.right))
        order = list(dict.fromkeys([*left, *right]))
        union.set("this", _in_order(union.left, left, order))
        union.set("expression", _in_order(union.right, right, order))
        union.set("by_name", False)


def _in_order(side: Any, names: Sequence[str], order: Sequence[str]) -> exp.Expr:
    from sqlglot import exp

    shown = [exp.column(name) if name in names else exp.alias_(exp.Null(), name) for name in order]
    inner = exp.Subquery(this=side.copy(), alias=exp.TableAlias(this=exp.to_identifier("_side")))
    return exp.Select(expressions=shown).from_(inner)


def _names(query: Any, known: Mapping[str, Any], columns: Columns) -> list[str]:
    """Return the names of a query's columns; a name that stands twice is there twice."""
    from sqlglot import exp

    query = query.unnest()
    if isinstance(query, exp.SetOperation):
        left, right = (_names(side, known, columns) for side in (query.left, query.right))
        return list(dict.fromkeys([*left, *right])) if query.args.get("by_name") else left
    found: list[str] = []
    for shown in query.expressions:
        if isinstance(shown, exp.Star):
            found += _of_sources(query, "", shown, known, columns)
        elif isinstance(shown, exp.Column) and isinstance(shown.this, exp.Star):
            found += _of_sources(query, shown.table, shown.this, known, columns)
        else:
            found.append(shown.alias_or_name)
    return found


def _of_sources(query: Any, wanted: str, star: Any, known: Mapping[str, Any], columns: Columns) -> list[str]:
    sources = [query.args["from_"].this, *(join.this for join in query.args.get("joins") or ())]
    left_out = {each.name for each in star.args.get("except_") or ()}
    return [
        name
        for source in sources
        if wanted in {"", source.alias_or_name}
        for name in _of_source(source, known, columns)
        if name not in left_out
    ]


def _of_source(source: Any, known: Mapping[str, Any], columns: Columns) -> Sequence[str]:
    from sqlglot import exp

    if isinstance(source, exp.Subquery):
        return _names(source, known, columns)
    if source.db and (relation := f"{source.db}.{source.name}") in columns:
        return columns[relation]
    if not source.db and source.name in known:
        return _names(known[source.name], known, columns)
    raise ModelError("The columns of a star are not known", found=source.sql("duckdb")[:80])
