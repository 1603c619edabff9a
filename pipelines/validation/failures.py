"""The rows that break a rule: found in one pass a table, counted, quarantined or flagged by key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pipelines import resources
from pipelines.validation import wording
from pipelines.validation.binding import quoted
from pipelines.warehouse import insert

if TYPE_CHECKING:
    from datetime import datetime

    from duckdb import DuckDBPyConnection

    from pipelines.validation.suites import Rule, Suite

_FLAGS_KEPT = 1000  # of each rule: enough to look into; the full count stands beside the rule
_BITS = 60  # rules whose marks share one BIGINT


@dataclass(frozen=True)
class Found:
    """What the pass over one table found, by rule id: failing rows, their money and its currency, the first keys."""

    rules: Sequence[Rule] = ()
    totals: Mapping[str, tuple[int, Decimal | None, str | None]] = field(default_factory=dict)
    samples: Mapping[str, str] = field(default_factory=dict)


def _rows(suite: Suite) -> str:
    return f"temp.main.rows_of_{suite.stem}"


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
    """Copy the rows of the table for which a condition is true, in one pass; count them and their money."""
    if not looked_up:
        return Found()
    _copy(connection, suite, looked_up)
    _list_failures(connection, suite, len(looked_up))
    _list_rules(connection, suite, [rule for rule, _ in looked_up])
    amount, currency = "sum(t.failing_amount)::decimal(18, 4)", "null::varchar"
    if suite.amount and suite.currency:  # money of several currencies is not added up
        amount = f"case when count(distinct t.failing_currency) <= 1 then {amount} end"
        currency = "case when count(distinct t.failing_currency) = 1 then any_value(t.failing_currency) end"
    key = _joined(suite.key)
    rows = connection.execute(
        f"select rules.rule_id, count(*), {amount}, {currency}, array_to_string(min({key}, 3), '; ') "
        f"from {_failures(suite)} as failures "
        f"inner join {_rows(suite)} as t on t.failing_row = failures.row_id "
        f"inner join {_rules(suite)} as rules on rules.rule_no = failures.rule_no group by rules.rule_id"
    ).fetchall()
    return Found(
        rules=[rule for rule, _ in looked_up],
        totals={rule_id: (count, money, of) for rule_id, count, money, of, _ in rows},
        samples={rule_id: sample or "" for rule_id, _, _, _, sample in rows},
    )


def _copy(connection: DuckDBPyConnection, suite: Suite, looked_up: Sequence[tuple[Rule, str]]) -> None:
    """Copy what is told of a failing row, with a bit for each rule it breaks, so that the table is read once."""
    conditions = [condition for _, condition in looked_up]
    marks = [
        " + ".join(
            f"case when {condition} then {1 << place}::bigint else 0 end"
            for place, condition in enumerate(conditions[start : start + _BITS])
        )
        for start in range(0, len(conditions), _BITS)
    ]
    told = {*suite.key, *(column for rule, _ in looked_up for column in rule.columns)}
    told |= {"file_no", "source_row"} if suite.stage == "staging" else set()
    columns = [
        "rowid as failing_row",
        *(f"{mark} as marks_{number}" for number, mark in enumerate(marks)),
        f"{f'({suite.amount})' if suite.amount else 'null'}::decimal(18, 4) as failing_amount",
        f"{suite.currency or 'null'}::varchar as failing_currency",
        *(quoted(column) for column in sorted(told)),
    ]
    failing = " or ".join(f"{name} <> 0" for name in _marks(len(conditions)))
    connection.execute(
        f"create or replace temp table rows_of_{suite.stem} as select {', '.join(columns)} "
        f"from {suite.table} where {failing}"
    )


def _marks(count: int) -> list[str]:
    return [f"marks_{number}" for number in range((count + _BITS - 1) // _BITS)]


def _list_failures(connection: DuckDBPyConnection, suite: Suite, count: int) -> None:
    """List each row with each rule it breaks."""
    listed = _by_rule(_rows(suite), "t.failing_row as row_id", count)
    connection.execute(f"create or replace temp table failures_of_{suite.stem} as {listed}")


def _by_rule(source: str, columns: str, count: int) -> str:
    """Return the SQL that takes marks apart: the columns of a source once for each rule that its marks name."""
    return " union all ".join(
        f"select {columns}, ({number * _BITS} + places.place)::integer as rule_no from {source} as t "
        f"inner join (select unnest(range({_BITS})) as place) as places on (t.{marks} >> places.place) & 1 = 1"
        for number, marks in enumerate(_marks(count))
    )


def _list_rules(connection: DuckDBPyConnection, suite: Suite, rules: Sequence[Rule]) -> None:
    connection.execute(
        f"create or replace temp table rules_of_{suite.stem} "
        "(rule_no integer, place integer, rule_id varchar, name varchar, "
        "severity varchar, then_do varchar, column_name varchar, expected varchar, "
        "expected_zh varchar, words_en varchar, words_zh varchar)"
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
            wording.expected(rule),
            wording.expected_zh(rule),
            rule.words_en,
            rule.words_zh,
        )
        for number, rule in enumerate(rules)
    ]
    insert(connection, _rules(suite), rows)


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
        connection.execute(f"drop table {_rows(suite)}")
        connection.execute(f"drop table {_failures(suite)}")
        connection.execute(f"drop table {_rules(suite)}")


def _origin(suite: Suite) -> tuple[str, str, str, str]:
    """Return the SQL of a row's file, source row, money and currency; a mart's row has no source row."""
    staged = suite.stage == "staging"
    return (
        "t.file_no" if staged else "null::integer",
        "t.source_row" if staged else "null::bigint",
        "t.failing_amount",
        "t.failing_currency",
    )


def _flag(connection: DuckDBPyConnection, suite: Suite, rules: Sequence[Rule], run_id: str) -> None:
    file_no, source_row, amount, currency = _origin(suite)
    connection.execute(
        "insert into ops.flagged_rows "
        f"select $run_id, '{suite.table}', rules.rule_id, rules.severity, {file_no}, {source_row}, "
        f"{_joined(suite.key)}, rules.column_name, {_found_text(rules)}, {amount}, {currency} "
        f"from {_failures(suite)} as failures "
        f"inner join {_rules(suite)} as rules on rules.rule_no = failures.rule_no "
        f"inner join {_rows(suite)} as t on t.failing_row = failures.row_id "
        "where rules.then_do <> 'quarantine' "
        f"qualify row_number() over (partition by failures.rule_no order by failures.row_id) <= {_FLAGS_KEPT}",
        {"run_id": run_id},
    )


def _quarantine(
    connection: DuckDBPyConnection, suite: Suite, rules: Sequence[Rule], run_id: str, at: datetime | None
) -> None:
    """Write one quarantine row for each source row, under its gravest rule, with the words of all that it breaks.

    The words are put together once for each set of rules that some row breaks: there are few.
    """
    file_no, source_row, amount, currency = _origin(suite)
    marks = ", ".join(_marks(len(rules)))
    connection.execute(
        "insert into ops.quarantine by name "
        f"with sets as (select distinct {marks} from {_rows(suite)}), "
        f"broken as ({_by_rule('sets', 't.*', len(rules))}), "
        f"reasons as (select {marks}, arg_min(rules.rule_no, rules.place) as rule_no, "
        "string_agg(rules.words_en, '; ' order by rules.place) as reason_en, "
        "string_agg(rules.words_zh, '；' order by rules.place) as reason_zh "
        f"from broken inner join {_rules(suite)} as rules on rules.rule_no = broken.rule_no "
        "where rules.then_do = 'quarantine' group by all), "
        "names as (select file_no, any_value(file_name) as file_name, any_value(source_part) as source_part "
        "from ops.files group by file_no) "
        f"select {file_no} as file_no, names.file_name, names.source_part, {source_row} as source_row, "
        f"'{suite.kind}' as kind, {_joined(suite.key)} as document_key, rules.column_name, "
        f"{_found_text(rules)} as found, rules.expected, rules.expected_zh, rules.name as reason_code, "
        f"failures.reason_en, failures.reason_zh, {amount} as amount, {currency} as currency, "
        "rules.rule_id, $run_id as run_id, $at::timestamp as opened_at, 'open' as status "
        f"from {_rows(suite)} as t inner join reasons as failures using ({marks}) "
        f"inner join {_rules(suite)} as rules on rules.rule_no = failures.rule_no "
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
    connection.execute(
        "update ops.files set rows_loaded = rows_loaded - moved.moved_count, "
        "rows_quarantined = rows_quarantined + moved.moved_count, "
        "amount_quarantined = coalesce(amount_quarantined, 0) + coalesce(moved.moved_amount, 0) "
        "from (select t.file_no, count(*) as moved_count, sum(t.failing_amount)::decimal(18, 4) as moved_amount "
        f"from {_rows(suite)} as t where t.failing_row in ({_quarantined_rows(suite)}) group by t.file_no) as moved "
        "where files.file_no = moved.file_no"
    )
