"""The rows that break a rule: found in one pass a table, counted, quarantined or flagged by key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pipelines import resources
from pipelines.validation import vocabulary
from pipelines.validation.binding import quoted

if TYPE_CHECKING:
    from datetime import datetime

    from duckdb import DuckDBPyConnection

    from pipelines.validation.suites import Rule, Suite

_FLAGS_KEPT = 1000  # of each rule: enough to look into; the full count stands beside the rule
_BITS = 60  # rules a pass: their marks share one BIGINT


@dataclass(frozen=True)
class Found:
    """What the pass over one table found, by rule id: failing rows, their money and its currency, the first keys."""

    rules: Sequence[Rule] = ()
    totals: Mapping[str, tuple[int, Decimal | None, str | None]] = field(default_factory=dict)
    samples: Mapping[str, str] = field(default_factory=dict)


def _failures(suite: Suite) -> str:
    return f"temp.main.failures_of_{suite.stem}"


def _rules(suite: Suite) -> str:
    return f"temp.main.rules_of_{suite.stem}"


def create_tables(connection: DuckDBPyConnection) -> None:
    """Create the tables of `ops` that are not there yet, and the macro that suites judge tax numbers with."""
    connection.execute("create schema if not exists ops")
    for path in sorted((resources.path("sql") / "ops").glob("*.sql")):
        connection.execute(path.read_text(encoding="utf-8"))
    macro = resources.path("sql") / "macros" / "has_valid_credit_code.sql"
    connection.execute(macro.read_text(encoding="utf-8"))


def collect(connection: DuckDBPyConnection, suite: Suite, looked_up: Sequence[tuple[Rule, str]]) -> Found:
    """Mark the rows of the table for which each condition is true, in one pass; count them and their money."""
    if not looked_up:
        return Found()
    connection.execute(
        f"create or replace temp table failures_of_{suite.stem} (row_id bigint, rule_no integer)"
    )
    for start in range(0, len(looked_up), _BITS):
        _mark(connection, suite, [condition for _, condition in looked_up[start : start + _BITS]], start)
    _list_rules(connection, suite, [rule for rule, _ in looked_up])
    amount = f"sum({suite.amount})::decimal(18, 4)" if suite.amount else "null::decimal(18, 4)"
    currency = "null::varchar"
    if suite.amount and suite.currency:  # money of several currencies is not added up
        amount = f"case when count(distinct {suite.currency}) <= 1 then {amount} end"
        currency = f"case when count(distinct {suite.currency}) = 1 then any_value({suite.currency}) end"
    key = _joined(suite.key)
    rows = connection.execute(
        f"select rules.rule_id, count(*), {amount}, {currency}, array_to_string(min({key}, 3), '; ') "
        f"from {_failures(suite)} as failures "
        f"inner join {suite.table} as t on t.rowid = failures.row_id "
        f"inner join {_rules(suite)} as rules on rules.rule_no = failures.rule_no group by rules.rule_id"
    ).fetchall()
    return Found(
        rules=[rule for rule, _ in looked_up],
        totals={rule_id: (count, money, of) for rule_id, count, money, of, _ in rows},
        samples={rule_id: sample or "" for rule_id, _, _, _, sample in rows},
    )


def _mark(connection: DuckDBPyConnection, suite: Suite, conditions: Sequence[str], start: int) -> None:
    bits = " + ".join(
        f"case when {condition} then {1 << place}::bigint else 0 end"
        for place, condition in enumerate(conditions)
    )
    connection.execute(
        f"insert into {_failures(suite)} "
        f"with marked as materialized (select rowid as row_id, {bits} as marks from {suite.table} where marks <> 0) "
        f"select marked.row_id, {start} + places.place from marked "
        f"inner join (select unnest(range({len(conditions)})) as place) as places "
        "on (marked.marks >> places.place) & 1 = 1"
    )


def _list_rules(connection: DuckDBPyConnection, suite: Suite, rules: Sequence[Rule]) -> None:
    connection.execute(
        f"create or replace temp table rules_of_{suite.stem} "
        "(rule_no integer, place integer, rule_id varchar, name varchar, "
        "severity varchar, then_do varchar, column_name varchar, expected varchar, words_en varchar, words_zh varchar)"
    )
    order = {"critical": 0, "warning": 1, "info": 2}
    rows: list[tuple[Any, ...]] = [
        (
            number,
            order[rule.severity] * 1000 + number,
            rule.id,
            rule.name,
            rule.severity,
            rule.then,
            ", ".join(rule.columns),
            expected(rule),
            rule.words_en,
            rule.words_zh,
        )
        for number, rule in enumerate(rules)
    ]
    connection.executemany(f"insert into {_rules(suite)} values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)


def expected(rule: Rule) -> str:
    """Return what a row should have been, in the rule's own terms; a predicate's name says it, its SQL does not."""
    if rule.expectation == vocabulary.ROWS_SATISFY:
        return rule.name.replace("_", " ")
    words = rule.expectation.removeprefix("expect_").removeprefix("column_").removeprefix("values_to_")
    words = words.removeprefix("be_").replace("not_be_", "not_").replace("_", " ")
    shown = [
        f"{key.replace('_', ' ')} {value}"
        for key, value in rule.arguments.items()
        if key not in ("column", "column_list", "predicate")
    ]
    return f"{words}: {', '.join(shown)}" if shown else words


def _joined(columns: Sequence[str]) -> str:
    if not columns:
        return "null::varchar"
    return f"concat_ws(' / ', {', '.join(f't.{quoted(column)}::varchar' for column in columns)})"


def _found_text(rules: Sequence[Rule]) -> str:
    """Return the SQL that shows, for each rule, the values it looked at."""
    whens = []
    for number, rule in enumerate(rules):
        parts = [f"'{column}=' || coalesce(t.{quoted(column)}::varchar, 'null')" for column in rule.columns]
        single = (
            f"t.{quoted(rule.columns[0])}::varchar"
            if len(parts) == 1
            else f"concat_ws(', ', {', '.join(parts)})"
        )
        whens.append(f"when {number} then {single}")
    return f"case failures.rule_no {' '.join(whens)} end"


def write(
    connection: DuckDBPyConnection, suite: Suite, found: Found, *, run_id: str, at: datetime | None
) -> None:
    """Move the rows that a rule quarantines out of the table, and list those that other rules flag."""
    touched = [rule for rule in found.rules if rule.id in found.totals]
    if any(rule.then != "quarantine" for rule in touched):
        _flag(connection, suite, found.rules, run_id)
    if any(rule.then == "quarantine" for rule in touched):
        _quarantine(connection, suite, found.rules, run_id, at)
    if found.rules:
        connection.execute(f"drop table {_failures(suite)}")
        connection.execute(f"drop table {_rules(suite)}")


def _origin(suite: Suite) -> tuple[str, str, str, str]:
    """Return the SQL of a row's file, source row, money and currency; a mart's row has no source row."""
    staged = suite.stage == "staging"
    return (
        "t.file_no" if staged else "null::integer",
        "t.source_row" if staged else "null::bigint",
        f"({suite.amount})::decimal(18, 4)" if suite.amount else "null::decimal(18, 4)",
        suite.currency or "null::varchar",
    )


def _flag(connection: DuckDBPyConnection, suite: Suite, rules: Sequence[Rule], run_id: str) -> None:
    file_no, source_row, amount, currency = _origin(suite)
    connection.execute(
        "insert into ops.flagged_rows "
        f"select $run_id, '{suite.table}', rules.rule_id, rules.severity, {file_no}, {source_row}, "
        f"{_joined(suite.key)}, rules.column_name, {_found_text(rules)}, {amount}, {currency} "
        f"from {_failures(suite)} as failures "
        f"inner join {_rules(suite)} as rules on rules.rule_no = failures.rule_no "
        f"inner join {suite.table} as t on t.rowid = failures.row_id "
        "where rules.then_do <> 'quarantine' "
        f"qualify row_number() over (partition by failures.rule_no order by failures.row_id) <= {_FLAGS_KEPT}",
        {"run_id": run_id},
    )


def _quarantine(
    connection: DuckDBPyConnection, suite: Suite, rules: Sequence[Rule], run_id: str, at: datetime | None
) -> None:
    """Write one quarantine row for each source row, under its gravest rule, with the words of all that it breaks."""
    file_no, source_row, amount, currency = _origin(suite)
    connection.execute(
        "insert into ops.quarantine by name "
        "with reasons as (select failures.row_id, arg_min(failures.rule_no, rules.place) as rule_no, "
        "string_agg(rules.words_en, '; ' order by rules.place) as reason_en, "
        "string_agg(rules.words_zh, '；' order by rules.place) as reason_zh "
        f"from {_failures(suite)} as failures inner join {_rules(suite)} as rules on rules.rule_no = failures.rule_no "
        "where rules.then_do = 'quarantine' group by failures.row_id), "
        "names as (select file_no, any_value(file_name) as file_name, any_value(source_part) as source_part "
        "from ops.files group by file_no) "
        f"select {file_no} as file_no, names.file_name, names.source_part, {source_row} as source_row, "
        f"'{suite.kind}' as kind, {_joined(suite.key)} as document_key, rules.column_name, "
        f"{_found_text(rules)} as found, rules.expected, rules.name as reason_code, failures.reason_en, "
        f"failures.reason_zh, {amount} as amount, {currency} as currency, rules.rule_id, $run_id as run_id, "
        "$at::timestamp as opened_at, 'open' as status "
        "from reasons as failures "
        f"inner join {_rules(suite)} as rules on rules.rule_no = failures.rule_no "
        f"inner join {suite.table} as t on t.rowid = failures.row_id "
        f"left join names on names.file_no = {file_no}",
        {"run_id": run_id, "at": at},
    )
    _count_as_quarantined(connection, suite)
    connection.execute(f"delete from {suite.table} where rowid in ({_quarantined_rows(suite)})")


def _quarantined_rows(suite: Suite) -> str:
    return (
        f"select failures.row_id from {_failures(suite)} as failures "
        f"inner join {_rules(suite)} as rules on rules.rule_no = failures.rule_no where rules.then_do = 'quarantine'"
    )


def _count_as_quarantined(connection: DuckDBPyConnection, suite: Suite) -> None:
    """Move the rows from loaded to quarantined in `ops.files`, so that every file's rows still add up."""
    amount = f"sum({suite.amount})::decimal(18, 4)" if suite.amount else "0::decimal(18, 4)"
    connection.execute(
        "update ops.files set rows_loaded = rows_loaded - moved.moved_count, "
        "rows_quarantined = rows_quarantined + moved.moved_count, "
        "amount_quarantined = coalesce(amount_quarantined, 0) + coalesce(moved.moved_amount, 0) "
        f"from (select t.file_no, count(*) as moved_count, {amount} as moved_amount from {suite.table} as t "
        f"where t.rowid in ({_quarantined_rows(suite)}) group by t.file_no) as moved "
        "where files.file_no = moved.file_no"
    )
