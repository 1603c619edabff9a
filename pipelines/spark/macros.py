"""Macros, said where they are called: Spark has its own functions only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from sqlglot import exp


@dataclass(frozen=True)
class Macro:
    """What a macro stands for, with the names of its parameters in order."""

    parameters: tuple[str, ...]
    definition: str


def known(connection: DuckDBPyConnection) -> dict[str, Macro]:
    """Return the macros of a database that stand for one value, by name."""
    rows = connection.execute(
        "select lower(function_name), parameters, macro_definition from duckdb_functions() "
        "where function_type = 'macro' and not internal"
    ).fetchall()
    return {name: Macro(tuple(parameters), definition) for name, parameters, definition in rows}


def said(tree: exp.Expr, macros: Mapping[str, Macro]) -> exp.Expr:
    """Put what it stands for, in place, where a macro is called; the arguments where its parameters stand."""
    from sqlglot import exp

    for called in reversed(list(tree.find_all(exp.Anonymous))):  # those inside an argument first
        macro = macros.get(called.name.lower())
        if macro is not None:
            called.replace(_body(macro, called, macros))
    return tree


def _body(macro: Macro, called: exp.Anonymous, macros: Mapping[str, Macro]) -> exp.Expr:
    from sqlglot import exp

    from pipelines.spark.translation import parsed

    given = dict(zip(macro.parameters, called.expressions, strict=True))
    body = parsed(f"select {macro.definition}", macros).expressions[0]
    whole = exp.Paren(this=body)
    for column in list(whole.find_all(exp.Column)):
        if not column.table and column.name in given:
            column.replace(exp.Paren(this=given[column.name].copy()))
    return whole
