"""Run the suites of a stage: one bundled scan a table through Great Expectations, one pass for the failing rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pipelines.errors import SuiteError
from pipelines.validation import binding, engine_process, failures, suites
from pipelines.warehouse import insert

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from pipelines.validation.suites import Rule, Severity, Suite, Then

    # Counts, by table and rule id, the rows for which an SQL condition is true; what it cannot count it leaves out.
    Count = Callable[[DuckDBPyConnection, Mapping[str, Mapping[str, str]]], Mapping[str, Mapping[str, int]]]

_RESULT_COLUMNS = (
    *(
        "run_id",
        "table_name",
        "rule_id",
        "expectation",
        "severity",
        "success",
        "checked_count",
        "failed_count",
    ),
    *(
        "failed_amount",
        "observed",
        "words_en",
        "words_zh",
        "checked_at",
        "consequence",
        "metrics",
        "is_broken",
        "failed_currency",
    ),
)


@dataclass(frozen=True)
class RuleResult:
    """The verdict of one rule: rows checked and failed, the money in the failing rows, and what was seen.

    `failed_amount` is in the documents' `failed_currency`, null where there are several, where the table has no money
    and where the rule judges no single row. `broken` says that the rule itself could not be run, which is a failure.
    """

    run_id: str
    table_name: str
    rule_id: str
    expectation: str
    severity: Severity
    then: Then
    success: bool
    broken: bool
    checked_count: int
    failed_count: int
    failed_amount: Decimal | None
    observed: str
    words_en: str
    words_zh: str
    metrics: tuple[str, ...] = field(default=())
    failed_currency: str | None = None


def validate(
    connection: DuckDBPyConnection,
    stage: str,
    run_id: str,
    parameters: Mapping[str, Any] | None = None,
    *,
    at: datetime | None = None,
    folder: Path | None = None,
    count: Count | None = None,
) -> list[RuleResult]:
    """Check every table of the stage (`staging`, `marts`, `metrics`) by its suite, inside the caller's transaction.

    Failing rows of rules that say quarantine leave their staging table for `ops.quarantine`; those of other rules are
    listed in `ops.flagged_rows`; every verdict goes to `ops.expectation_results`. `parameters` are the build's own
    (`as_of` …), `at` the moment to write down (UTC). `count` counts failing rows in another engine; the rules on rows
    that it answers are not run here. Raises SuiteError when a suite cannot be used, before data is read.
    """
    stage_suites = suites.load_stage(stage, folder)
    moment = at.astimezone(UTC).replace(tzinfo=None) if at is not None and at.tzinfo else at
    failures.create_tables(connection)
    chosen = binding.bind(connection, stage_suites, parameters)
    counts = _row_counts(connection, chosen)
    results: list[RuleResult] = []
    collected = []
    for suite, verdicts in _verdicts(connection, chosen, counts, count):
        found = failures.collect(connection, suite, _to_look_up(suite, verdicts))
        collected.append((suite, found))
        results += [
            _result(run_id, suite, rule, verdicts[rule.id], counts[suite.table], found)
            for rule in suite.rules
        ]
    # Only now: a row that leaves its table must not make another table's reference to it fail as well.
    for suite, found in collected:
        failures.write(connection, suite, found, run_id=run_id, at=moment)
    _write(connection, results, moment)
    return results


@dataclass(frozen=True)
class Verdict:
    """What Great Expectations said of one rule; `condition` is the SQL that is true of a failing row.

    `failed_count` is known only of a query that must give no rows.
    """

    success: bool
    broken: bool = False
    observed: str = ""
    condition: str = ""
    failed_count: int = 0


def _row_counts(connection: DuckDBPyConnection, chosen: Sequence[Suite]) -> dict[str, int]:
    if not chosen:
        return {}
    each = " union all ".join(f"select '{suite.table}', count(*) from {suite.table}" for suite in chosen)
    return dict(connection.execute(each).fetchall())


def _verdicts(
    connection: DuckDBPyConnection, chosen: Sequence[Suite], counts: Mapping[str, int], count: Count | None
) -> list[tuple[Suite, dict[str, Verdict]]]:
    if not chosen:
        return []
    elsewhere: Mapping[str, Mapping[str, Verdict]] = {}
    if count is not None:
        elsewhere = _counted(connection, count, engine_process.conditions_of(connection, chosen))
    left = [
        replace(
            suite, rules=tuple(rule for rule in suite.rules if rule.id not in elsewhere.get(suite.table, {}))
        )
        for suite in chosen
    ]
    judged = engine_process.judge(connection, [(suite, counts[suite.table]) for suite in left])
    return [
        (suite, {**elsewhere.get(suite.table, {}), **verdicts})
        for suite, verdicts in zip(chosen, judged, strict=True)
    ]


def _counted(
    connection: DuckDBPyConnection, count: Count, conditions: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, Verdict]]:
    """Return the verdicts of the rules that another engine counted the failing rows of."""
    return {
        table: {
            rule: Verdict(success=not failing, condition=conditions[table][rule] if failing else "")
            for rule, failing in rules.items()
        }
        for table, rules in count(connection, conditions).items()
    }


def _to_look_up(suite: Suite, verdicts: Mapping[str, Verdict]) -> list[tuple[Rule, str]]:
    """Return the rules whose failing rows are not known to be none: failed ones, and those that allow some."""
    return [(rule, verdicts[rule.id].condition) for rule in suite.rules if verdicts[rule.id].condition]


def _result(
    run_id: str, suite: Suite, rule: Rule, verdict: Verdict, checked: int, found: failures.Found
) -> RuleResult:
    count, amount, currency = found.totals.get(rule.id, (verdict.failed_count, None, None))
    if not verdict.success and not verdict.broken and rule.level == "row" and count == 0:
        raise SuiteError(
            "A rule failed but no row breaks it",
            where=f"{suite.path}, rule {rule.name}",
            next_step="report this: the verdict and the look-up of failing rows disagree",
        )
    return RuleResult(
        run_id=run_id,
        table_name=suite.table,
        rule_id=rule.id,
        expectation=rule.expectation,
        severity=rule.severity,
        then=rule.then,
        success=verdict.success,
        broken=verdict.broken,
        checked_count=checked,
        failed_count=count,
        failed_amount=amount,
        observed=verdict.observed or found.samples.get(rule.id, ""),
        words_en=rule.words_en,
        words_zh=rule.words_zh,
        metrics=rule.metrics,
        failed_currency=currency,
    )


def _write(connection: DuckDBPyConnection, results: Sequence[RuleResult], at: datetime | None) -> None:
    if not results:
        return
    rows = [
        (
            result.run_id,
            result.table_name,
            result.rule_id,
            result.expectation,
            result.severity,
            result.success,
            result.checked_count,
            result.failed_count,
            result.failed_amount,
            result.observed,
            result.words_en,
            result.words_zh,
            at,
            result.then,
            list(result.metrics),
            result.broken,
            result.failed_currency,
        )
        for result in results
    ]
    insert(connection, f"ops.expectation_results ({', '.join(_RESULT_COLUMNS)})", rows)
