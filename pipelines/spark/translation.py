"""DuckDB's SQL as Spark's: one tested place for everything that the two say or do differently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from pipelines.spark import macros, parts, stars
from pipelines.spark.calls import NotTranslated
from pipelines.spark.constructs import changes

if TYPE_CHECKING:
    from sqlglot import exp


@dataclass(frozen=True)
class Told:
    """A statement for Spark, and before it the parts that it reads by name, each a statement of its own."""

    statement: str
    parts: tuple[tuple[str, str], ...] = ()


def parsed(sql: str, known: Mapping[str, macros.Macro] | None = None) -> exp.Expr:
    """Return a SELECT of DuckDB as a tree, without calls of the macros `known`.

    Raises NotTranslated when it cannot be read.
    """
    import sqlglot
    from sqlglot.errors import SqlglotError

    try:
        return macros.said(sqlglot.parse_one(sql, read=_reading()), known or {})
    except SqlglotError as error:
        raise NotTranslated("This SQL cannot be told to Spark", found=str(error).splitlines()[0]) from error


def relations(tree: exp.Expr) -> set[str]:
    """Return the relations that a statement reads, as `schema.table`."""
    from sqlglot import exp

    return {f"{table.db}.{table.name}" for table in tree.find_all(exp.Table) if table.db}


def told(tree: exp.Expr, parameters: Mapping[str, Any], columns: Mapping[str, Sequence[str]]) -> Told:
    """Return a SELECT of DuckDB as one of Spark that gives the same rows to the cent.

    Named parameters become literals; `schema.table` becomes the view `schema__table`. `columns` names the columns of
    each relation it reads. Raises NotTranslated for what Spark does not have.
    """
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        for node in list(tree.find_all(exp.Parameter, exp.Placeholder)):
            node.replace(literal(parameters[node.name]))
        stars.spell_out(tree, columns)
        tree = _changed(tree)
        before = [(part.alias, part.this.sql("spark")) for part in parts.taken_out(tree)]
        return Told(tree.sql("spark"), tuple(before))
    except SqlglotError as error:
        raise NotTranslated("This SQL cannot be told to Spark", found=str(error).splitlines()[0]) from error


def to_spark(
    sql: str,
    parameters: Mapping[str, Any],
    columns: Mapping[str, Sequence[str]],
    known: Mapping[str, macros.Macro] | None = None,
) -> str:
    """Return the text of a SELECT that has no parts of its own; see `parsed` and `told`."""
    return told(parsed(sql, known), parameters, columns).statement


def _changed(tree: exp.Expr) -> exp.Expr:
    for kind, change in changes():
        for part in list(tree.find_all(kind)):
            changed = change(part)
            if part is tree:
                tree = changed
            elif changed is not part:
                part.replace(changed)
    return tree


@cache
def _reading() -> Any:
    """Return DuckDB's dialect, but one that keeps len() of lists apart from length() of texts."""
    from sqlglot import exp
    from sqlglot.dialects.duckdb import DuckDB
    from sqlglot.parsers.duckdb import DuckDBParser

    class Parser(DuckDBParser):
        """The parser of DuckDB, but for one function."""

        FUNCTIONS: ClassVar = {**DuckDBParser.FUNCTIONS, "LEN": exp.ArraySize.from_arg_list}

    class Reading(DuckDB):
        """DuckDB, with len() as the size of a list: that is what the project uses it for."""

        parser_class: Any = Parser

    return Reading


def literal(value: Any) -> exp.Expr:
    """Return a Python value as SQL: a date, text, number, truth value, or a list of one of these."""
    from sqlglot import exp

    if isinstance(value, list | tuple):
        return exp.Array(expressions=[literal(each) for each in value])
    if isinstance(value, date):
        return exp.cast(exp.Literal.string(value.isoformat()), "date")
    return exp.convert(value)
