"""Names that Spark's SQL does not find by itself: `union all by name`, `* replace`, an alias in a condition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pipelines.spark.calls import NotTranslated

if TYPE_CHECKING:
    from sqlglot import exp

Columns = Mapping[str, Sequence[str]]
# The table that a column is of, nothing where two tables share it, and its name.
Place = tuple[str, str]


def spell_out(tree: exp.Expr, columns: Columns) -> None:
    """Say by place or by its own words, in place, what a statement of DuckDB says by a name.

    `columns` names the columns of each relation, as `schema.table`. Raises NotTranslated for a star over
    something whose columns are not known.
    """
    from sqlglot import exp

    known = {cte.alias: cte.this for cte in tree.find_all(exp.CTE)}
    for select in tree.find_all(exp.Select):
        _replace(select, known, columns)
        _say_aliases(select, known, columns)
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


def _replace(select: exp.Select, known: Mapping[str, Any], columns: Columns) -> None:
    """Name the columns of a star of which some are replaced."""
    from sqlglot import exp

    shown: list[exp.Expr] = []
    for each in select.expressions:
        star = _star(each)
        replaced = {one.alias: one for one in (star.args.get("replace") or ()) if star} if star else {}
        if not replaced:
            shown.append(each)
            continue
        shown += [
            replaced.pop(name, None) or exp.column(name, table or None)
            for table, name in _places(
                select, (each.args.get("table") and each.table) or "", star, known, columns
            )
        ]
    select.set("expressions", shown)


def _star(shown: exp.Expr) -> Any:
    from sqlglot import exp

    star = shown.this if isinstance(shown, exp.Column) else shown
    return star if isinstance(star, exp.Star) else None


def _say_aliases(select: exp.Select, known: Mapping[str, Any], columns: Columns) -> None:
    """Say in `where` what an alias of the same select stands for, unless a column has its name."""
    from sqlglot import exp

    where = select.args.get("where")
    meant = {each.alias: each.this for each in select.expressions if isinstance(each, exp.Alias)}
    named = [
        column
        for column in (where.find_all(exp.Column) if where else ())
        if not column.table and column.name in meant and column.find_ancestor(exp.Select) is select
    ]
    if not named:
        return
    there = {name for _, name in _places(select, "", exp.Star(), known, columns)}
    for column in named:
        if column.name not in there:
            column.replace(exp.Paren(this=meant[column.name].copy()))


def _names(query: Any, known: Mapping[str, Any], columns: Columns) -> list[str]:
    """Return the names of a query's columns; a name that stands twice is there twice."""
    from sqlglot import exp

    query = query.unnest()
    if isinstance(query, exp.SetOperation):
        left = _names(query.left, known, columns)
        # the names of the first; the other may be a recursion's step, which reads itself
        return (
            list(dict.fromkeys([*left, *_names(query.right, known, columns)]))
            if query.args.get("by_name")
            else left
        )
    found: list[str] = []
    for shown in query.expressions:
        star = _star(shown)
        if star is None:
            found.append(shown.alias_or_name)
        else:
            table = shown.table if isinstance(shown, exp.Column) else ""
            found += [name for _, name in _places(query, table, star, known, columns)]
    return found


def _places(query: Any, wanted: str, star: Any, known: Mapping[str, Any], columns: Columns) -> list[Place]:
    """Return the columns that a star, or a star of one table, stands for."""
    left_out = {each.name for each in star.args.get("except_") or ()}
    found: list[Place] = []
    shared: set[str] = set()
    for source, using in _sources(query):
        if wanted not in {"", source.alias_or_name}:
            continue
        names = _of_source(source, known, columns)
        shared |= using
        found += [(source.alias_or_name, name) for name in names if wanted or name not in using]
    return [
        ("" if name in shared and not wanted else table, name)
        for table, name in found
        if name not in left_out
    ]


def _sources(query: Any) -> list[tuple[Any, set[str]]]:
    """Return the tables that a star stands for, each with the columns that it shares with those before."""
    joined = [
        (join.this, {each.name for each in join.args.get("using") or ()})
        for join in query.args.get("joins") or ()
        if join.kind not in {"SEMI", "ANTI"}
    ]
    return [(query.args["from_"].this, set()), *joined]


def _of_source(source: Any, known: Mapping[str, Any], columns: Columns) -> Sequence[str]:
    from sqlglot import exp

    if isinstance(source, exp.Subquery):
        return _names(source, known, columns)
    if isinstance(source, exp.Values):
        return [each.name for each in source.args["alias"].columns]
    if not isinstance(source, exp.Table):
        raise NotTranslated("The columns of a star are not known", found=source.sql("duckdb")[:80])
    if source.db and (relation := f"{source.db}.{source.name}") in columns:
        return columns[relation]
    if not source.db and source.name in known:
        return _names(known[source.name], known, columns)
    if not source.db and source.name in columns:
        return columns[source.name]
    raise NotTranslated("The columns of a star are not known", found=source.sql("duckdb")[:80])
