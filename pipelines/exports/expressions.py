"""SQL expressions in mappings: read by DuckDB's own parser, allowed only when harmless."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from pipelines import warehouse
from pipelines.errors import MappingError, did_you_mean

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Functions that turn text into text, numbers and dates, and can neither read files nor take long.
ALLOWED = frozenset(
    "+ - * / || ~~ !~~ ~~* !~~* % abs round floor ceil trim ltrim rtrim lower upper left right length substr substring "
    "replace regexp_replace regexp_extract regexp_matches starts_with ends_with suffix prefix contains split_part "
    "string_split concat concat_ws coalesce nullif if ifnull greatest least strptime try_strptime strftime date_trunc "
    "year month day make_date lpad rpad translate position instr strpos reverse number "
    "list_extract array_extract struct_pack like_escape not_like_escape chr".split()
)
_CLASSES = frozenset("COLUMN_REF CONSTANT FUNCTION CAST CASE COMPARISON CONJUNCTION OPERATOR BETWEEN".split())


@cache
def headers_of(expression: str, where: str) -> tuple[str, ...]:
    """Return the headers an expression names.

    Raises MappingError when it is no expression, or does more than compute from the row.
    """
    found: list[str] = []
    for node in _nodes(_parsed(expression, where)):
        kind = node["class"]
        if kind not in _CLASSES:
            raise _refused(expression, where, f"a {kind.lower().replace('_', ' ')}")
        if kind == "COLUMN_REF":
            found.append(str(node["column_names"][-1]))
        elif kind == "FUNCTION" and node["function_name"].lower() not in ALLOWED:
            name = node["function_name"]
            raise _refused(expression, where, f"the function {name}", did_you_mean(name, ALLOWED))
        elif kind == "CAST" and not node["try_cast"]:
            raise _refused(expression, where, "a cast that stops at a misfit", "write try_cast")
    return tuple(dict.fromkeys(found))


@cache
def _parser() -> DuckDBPyConnection:
    """Return the one connection that parses: opening one takes longer than parsing all mappings."""
    return warehouse.connect()


def _parsed(expression: str, where: str) -> dict[str, Any]:
    cursor = _parser().cursor()
    row = cursor.execute("select json_serialize_sql('select ' || $text)", {"text": expression}).fetchone()
    told: dict[str, Any] = json.loads(row[0]) if row else {"error": True}
    if told["error"]:
        raise _refused(expression, where, str(told.get("error_message", "nothing that can be parsed")))
    statements = told["statements"]
    node = statements[0]["node"]
    plain = (
        len(statements) == 1
        and node["type"] == "SELECT_NODE"
        and node["from_table"]["type"] == "EMPTY"
        and len(node["select_list"]) == 1
        and not any(
            node.get(part) for part in ("where_clause", "having", "qualify", "modifiers", "group_expressions")
        )
    )
    if not plain:
        raise _refused(expression, where, "more than one expression")
    parsed: dict[str, Any] = node["select_list"][0]
    return parsed


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every expression node in `value`, parents first."""
    if isinstance(value, list):
        for item in value:
            yield from _nodes(item)
    elif isinstance(value, dict):
        if "class" in value:
            yield value
        for key, item in value.items():
            if key not in ("cast_type", "value"):
                yield from _nodes(item)


def _refused(expression: str, where: str, found: str, hint: str = "") -> MappingError:
    return MappingError(
        "An expression in a mapping cannot be used",
        where=f"{where}: {expression}",
        found=found,
        expected="one SQL expression over the file's headers, from the allowed functions",
        hint=hint,
        next_step="see the README beside the mappings for what an expression may say",
    )
