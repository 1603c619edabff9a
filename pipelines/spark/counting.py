"""How many rows break each rule, counted by Spark: one pass over a table for all rules that look at its rows alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.spark.calls import NotTranslated
from pipelines.spark.translation import parsed, relations, told

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from pipelines.spark.macros import Macro


@dataclass(frozen=True)
class Known:
    """What the draft knows of its names: the columns of a relation, and the macros."""

    columns: Callable[[str], Sequence[str]]
    macros: Mapping[str, Macro]


@dataclass(frozen=True)
class Piece:
    """Rules on one table, told together: the SELECT of one list of counts, and the relations it reads."""

    table: str
    conditions: Mapping[str, str]
    statement: str
    relations: frozenset[str]

    def apart(self, known: Known) -> list[Piece]:
        """Return a piece for each of its rules."""
        return [_piece(self.table, {rule: condition}, known) for rule, condition in self.conditions.items()]


def pieces(conditions: Mapping[str, Mapping[str, str]], known: Known) -> tuple[list[Piece], list[str]]:
    """Return what counts the rows for which each rule's condition, as DuckDB says it, is true; and the rules untold."""
    found: list[Piece] = []
    untold: list[str] = []
    for table, rules in conditions.items():
        alone = {rule: text for rule, text in rules.items() if "select" in text.lower()}
        together = {rule: text for rule, text in rules.items() if rule not in alone}
        try:
            found += [_piece(table, together, known)] if together else []
        except NotTranslated:
            alone |= together
        for rule, condition in alone.items():
            try:
                found.append(_piece(table, {rule: condition}, known))
            except NotTranslated:
                untold.append(rule)
    return found, untold


def _piece(table: str, conditions: Mapping[str, str], known: Known) -> Piece:
    if len(conditions) == 1:  # a condition with a query of its own can stand nowhere else in Spark
        (condition,) = conditions.values()
        text = f"select [count(*)] as failing from {table} where {condition}"
    else:
        counts = ", ".join(f"count(*) filter (where {condition})" for condition in conditions.values())
        text = f"select [{counts}] as failing from {table}"
    tree = parsed(text, known.macros)
    read = relations(tree)
    statement = told(tree, {}, {name: known.columns(name) for name in read}).statement
    return Piece(table, conditions, statement, frozenset(read))


def count(
    session: SparkSession, asked: Sequence[Piece], known: Known
) -> tuple[dict[str, dict[str, int]], list[str]]:
    """Return the counts by table and rule, and the rules that Spark refuses or that break on the data there."""
    from pyspark.errors import PySparkException

    if not asked:
        return {}, []
    each = (
        f"select {number} as piece, failing from ({piece.statement})" for number, piece in enumerate(asked)
    )
    try:
        rows = session.sql(" union all ".join(each)).collect()
    except PySparkException:
        return _count_apart(session, asked, known)
    counted: dict[str, dict[str, int]] = {}
    for number, failing in rows:
        piece = asked[number]
        counted.setdefault(piece.table, {}).update(zip(piece.conditions, map(int, failing), strict=True))
    return counted, []


def _count_apart(
    session: SparkSession, asked: Sequence[Piece], known: Known
) -> tuple[dict[str, dict[str, int]], list[str]]:
    """Find the rule that Spark refuses by halves."""
    if len(asked) == 1:
        (piece,) = asked
        if len(piece.conditions) == 1:
            return {}, list(piece.conditions)
        return count(session, piece.apart(known), known)
    middle = len(asked) // 2
    (found, refused), (more, others) = (
        count(session, half, known) for half in (asked[:middle], asked[middle:])
    )
    for table, rules in more.items():
        found.setdefault(table, {}).update(rules)
    return found, refused + others
