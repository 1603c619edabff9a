"""DuckDB's SQL as Spark's: one tested place for everything that the two say or do differently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from pipelines.spark import by_name
from pipelines.spark.constructs import NotTranslated, changes

if TYPE_CHECKING:
    from sqlglot import exp


def to_spark(sql: str, parameters: Mapping[str, Any], columns: Mapping[str, Sequence[str]]) -> str:
    """Return a SELECT of DuckDB as one of Spark that gives the same rows to the cent.

    Named parameters become literals; `schema.table` becomes the view `schema__table`. `columns` names the columns of
    each relation it reads. Raises NotTranslated for what
    Spark does not have.
    """
    import sqlglot
    from sqlglot.errors import SqlglotError

    try:
        return _told(sqlglot.parse_one(sql, read=_reading()), parameters, columns)
    except SqlglotError as error:
        raise NotTranslated("This SQL cannot be told to Spark", found=str(error).splitlines()[0]) from error


def _told(tree: exp.Expr, parameters: Mapping[str, Any], columns: Mapping[str, Sequence[str]]) -> str:
    from sqlglot import exp

    for node in list(tree.find_all(exp.Parameter, exp.Placeholder)):
        node.replace(literal(parameters[node.name]))
    by_name.spell_out(tree, columns)
    for kind, change in changes():
        for part in list(tree.find_all(kind)):
            changed = change(part)
            if part is tree:
                tree = changed
            elif changed is not part:
                part.replace(changed)
    return tree.sql("spark")


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
