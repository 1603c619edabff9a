"""Fit suites to the tables they name, before any data is read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from pipelines.errors import SuiteError, did_you_mean
from pipelines.validation import vocabulary

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.validation.suites import Rule, Suite

_PARAMETER = re.compile(r"\$([a-z_]+)\b")


def quoted(name: str) -> str:
    """Return a column's name as an SQL identifier."""
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def literal(value: Any) -> str:
    """Return a parameter's value as an SQL literal."""
    if value is None:
        return "null"
    if isinstance(value, date):
        return f"date '{value.isoformat()}'"
    if isinstance(value, str):
        doubled = value.replace("'", "''")
        return f"'{doubled}'"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(literal(each) for each in value)}]"
    return str(value)


def columns_of(connection: DuckDBPyConnection) -> dict[str, list[str]]:
    """Return the columns of every table, by `schema.table`, in their order."""
    rows = connection.execute(
        "select schema_name || '.' || table_name, list(column_name order by column_index) "
        "from duckdb_columns() where not internal group by all"
    ).fetchall()
    return dict(rows)


def bind(
    connection: DuckDBPyConnection, suites: Sequence[Suite], parameters: Mapping[str, Any] | None
) -> list[Suite]:
    """Return the suites with parameters written in and shorthand expectations as predicates.

    Raises SuiteError, naming file and rule, for a table or a column that does not exist, a parameter that is not given,
    and SQL that DuckDB does not accept. No row is read.
    """
    known = columns_of(connection)
    bound = []
    for suite in suites:
        if suite.table not in known:
            raise SuiteError(
                "A suite is about a table that does not exist",
                where=str(suite.path),
                found=suite.table,
                hint=did_you_mean(suite.table, known),
            )
        _require_columns(suite, known[suite.table])
        filled = replace(suite, rules=tuple(_fill(rule, suite, parameters or {}) for rule in suite.rules))
        _require_sql(connection, filled)
        bound.append(filled)
    return bound


def _require_columns(suite: Suite, known: list[str]) -> None:
    named = [(f"{suite.path}, key", name) for name in suite.key]
    for rule in suite.rules:
        named += [(f"{suite.path}, rule {rule.name}", name) for name in rule.columns]
    for where, name in named:
        if name not in known:
            raise SuiteError(
                f"A rule names a column that {suite.table} does not have",
                where=where,
                found=name,
                hint=did_you_mean(name, known),
            )


def _fill(rule: Rule, suite: Suite, parameters: Mapping[str, Any]) -> Rule:
    """Write parameters in, and say as a predicate what would otherwise cost a scan of its own."""
    arguments = dict(rule.arguments)
    for key in ("predicate", "unexpected_rows_query"):
        if key in arguments:
            arguments[key] = _with_values(arguments[key], f"{suite.path}, rule {rule.name}", parameters)
    if rule.expectation == vocabulary.UNIQUE_TOGETHER:
        arguments = {"predicate": once(arguments["column_list"], suite.table)}
    elif rule.expectation == "expect_column_values_to_be_unique":
        arguments = {"predicate": once([arguments["column"]], suite.table)}
    elif rule.expectation in (vocabulary.GREATER, vocabulary.EQUAL):
        sign = "=" if rule.expectation == vocabulary.EQUAL else ">=" if arguments.get("or_equal") else ">"
        arguments = {"predicate": f"{quoted(arguments['column_A'])} {sign} {quoted(arguments['column_B'])}"}
    return replace(rule, arguments=arguments)


def once(columns: Sequence[str], table: str) -> str:
    """Return the predicate that a key occurs once: integer hashes find candidates, the values themselves decide."""
    names = ", ".join(quoted(column) for column in columns)
    repeated = (
        f"select {names} from {table} where hash({names}) in "
        f"(select hash({names}) from {table} group by all having count(*) > 1) group by all having count(*) > 1"
    )
    present = " and ".join(f"{quoted(column)} is not null" for column in columns)
    return f"not ({present} and ({names}) in ({repeated}))"


def _with_values(sql: str, where: str, parameters: Mapping[str, Any]) -> str:
    for name in set(_PARAMETER.findall(sql)) - set(parameters):
        raise SuiteError(
            "A rule needs a parameter that this validation was not given",
            where=where,
            found=f"${name}",
            hint=did_you_mean(name, parameters),
        )
    return _PARAMETER.sub(lambda match: literal(parameters[match[1]]), sql)


def _require_sql(connection: DuckDBPyConnection, suite: Suite) -> None:
    """Let DuckDB plan every piece of SQL; only when the plan of all fails is the guilty one looked for."""
    predicates = [(rule, rule.predicate) for rule in suite.rules if rule.predicate is not None]
    money = [suite.amount] if suite.amount else []
    money += [suite.currency] if suite.currency else []
    pieces = [*money, *(f"({predicate})::boolean" for _, predicate in predicates)]
    if _refusal(connection, f"select {', '.join(['1', *pieces])} from {suite.table}") is not None:
        for piece in money:
            _require_plan(
                connection, f"select {piece} from {suite.table}", f"{suite.path}, amount or currency"
            )
        for rule, predicate in predicates:
            statement = f"select ({predicate})::boolean from {suite.table}"
            _require_plan(connection, statement, f"{suite.path}, rule {rule.name}")
    for rule in suite.rules:
        query = rule.arguments.get("unexpected_rows_query")
        if query is not None:
            statement = str(query).replace("{batch}", suite.table)
            _require_plan(connection, statement, f"{suite.path}, rule {rule.name}")


def _refusal(connection: DuckDBPyConnection, statement: str) -> str | None:
    """Return DuckDB's words against a statement; EXPLAIN binds and plans but reads nothing."""
    import duckdb

    try:
        connection.execute(f"explain {statement}")
    except duckdb.Error as error:
        return str(error)
    return None


def _require_plan(connection: DuckDBPyConnection, statement: str, where: str) -> None:
    words = _refusal(connection, statement)
    if words is not None:
        raise SuiteError(
            "A rule's SQL is not accepted", where=where, found=words, next_step="correct the rule"
        )
