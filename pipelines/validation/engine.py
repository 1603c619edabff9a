"""Judge one bound suite with Great Expectations and read its answer honestly.

An unknown expectation is only logged there, a broken one looks like any failure, and results come in another order than
rules: so every result is joined back by its rule id, counted, and its exceptions are told apart.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import great_expectations as gx
from great_expectations import expectations as stock
from great_expectations.datasource.fluent.sql_datasource import TableAsset
from great_expectations.validator.metric_configuration import MetricConfiguration
from great_expectations.validator.metrics_calculator import MetricsCalculator

from pipelines.errors import SuiteError
from pipelines.validation import conditions, dialect, vocabulary
from pipelines.validation.remembered import remembered
from pipelines.validation.run import Verdict

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.validation.suites import Rule, Suite

# Verdicts alone: counts and keys come from one pass of our own over the few rules that failed.
_VERDICTS_ONLY = {"result_format": "BOOLEAN_ONLY"}
_WITH_OBSERVED = {"result_format": "BASIC", "partial_unexpected_count": 3}

Judge = Callable[["Suite", int], dict[str, Verdict]]


@contextmanager
def judge_of(connection: DuckDBPyConnection) -> Iterator[Judge]:
    """Give a function that judges a suite (bound, and its table's row count) and returns a verdict by rule id."""
    with dialect.datasource(connection) as source:
        yield lambda suite, rows: _judge(source, suite, rows)


def conditions_of(connection: DuckDBPyConnection, suites: Iterable[Suite]) -> dict[str, dict[str, str]]:
    """Return, by table and rule id, the SQL that is true of a failing row, for rules on rows that allow none.

    Rows are counted at most.
    """
    with dialect.datasource(connection) as source:
        return {suite.table: _conditions(source, suite) for suite in suites}


@remembered()
def _conditions(source: Any, suite: Suite) -> dict[str, str]:
    batch = _batch(source, suite)
    batch.data.execution_engine.load_batch_data(batch.id, batch.data)
    return {
        rule.id: _condition(batch, rule, _expectation(rule, suite))
        for rule in suite.rules
        if rule.level == "row" and rule.mostly == 1
    }


@remembered()
def _judge(source: Any, suite: Suite, rows: int) -> dict[str, Verdict]:
    """Judge one table. On an empty one, rules on rows hold of nothing and need no scan."""
    rules = [rule for rule in suite.rules if rows or rule.level == "table"]
    batch = _batch(source, suite)
    verdicts = {rule.id: Verdict(success=True) for rule in suite.rules if rule not in rules}
    for rule, result in _validated(batch, suite, rules, _VERDICTS_ONLY):
        verdicts[rule.id] = _verdict(batch, rule, result)
    failed = [rule for rule in rules if rule.level == "table" and not verdicts[rule.id].success]
    for rule, result in _validated(batch, suite, failed, _WITH_OBSERVED) if failed else ():
        if not verdicts[rule.id].broken:
            seen = _observed(result.result or {})
            rows_found = int(seen) if rule.expectation == vocabulary.NO_SUCH_ROWS else 0
            verdicts[rule.id] = Verdict(success=False, observed=seen, failed_count=rows_found)
    return verdicts


def _batch(source: Any, suite: Suite) -> Any:
    """Return the whole table as a batch. The asset is put in by hand: `add_table_asset` rewrites a configuration."""
    schema, table = suite.table.split(".")
    with warnings.catch_warnings():
        # It wants one schema for the whole source; a draft has several, on one connection.
        warnings.filterwarnings("ignore", message="`schema_name` is deprecated", category=DeprecationWarning)
        asset = TableAsset(name=suite.table, type="table", table_name=table, schema_name=schema)
    asset._datasource = source  # noqa: SLF001  # as `add_table_asset` does
    source.assets.append(asset)
    return asset.get_batch(asset.build_batch_request())


def _validated(batch: Any, suite: Suite, rules: list[Rule], result_format: Any) -> list[tuple[Rule, Any]]:
    expectations = [_expectation(rule, suite) for rule in rules]
    judged = batch.validate(
        gx.ExpectationSuite(name=suite.table, expectations=expectations), result_format=result_format
    )
    by_id = {result.expectation_config.meta["rule_id"]: result for result in judged.results}
    lost = [rule.id for rule in rules if rule.id not in by_id]
    if lost or len(judged.results) != len(rules):
        raise SuiteError(
            "Great Expectations lost a rule",
            where=str(suite.path),
            found=f"{len(judged.results)} results for {len(rules)} rules; without a result: {', '.join(lost)}",
            next_step="report this: a rule without a verdict must not pass",
        )
    return [(rule, by_id[rule.id]) for rule in rules]


def _expectation(rule: Rule, suite: Suite) -> Any:
    import pydantic.v1 as pydantic

    meta = {"rule_id": rule.id}
    if rule.predicate is not None:
        # The column only says where the rule belongs; the predicate decides.
        return conditions.ExpectRowsToSatisfy(
            column=rule.columns[0], predicate=rule.predicate, mostly=float(rule.mostly), meta=meta
        )
    arguments = dict(rule.arguments)
    if rule.level == "row":
        arguments["mostly"] = float(rule.mostly)
    try:
        return _class_of(rule.expectation)(**arguments, meta=meta)
    except pydantic.ValidationError as error:
        raise SuiteError(
            "A rule's arguments are not accepted", where=f"{suite.path}, rule {rule.name}", found=str(error)
        ) from error


def _class_of(expectation: str) -> Any:
    name = "".join(part.capitalize() for part in expectation.split("_"))
    return getattr(stock, name)


def _verdict(batch: Any, rule: Rule, result: Any) -> Verdict:
    """Read one result. A rule on rows that allows some failing rows is looked up even when it passes."""
    trouble = _trouble(result.exception_info or {})
    if trouble:
        return Verdict(success=False, broken=True, observed=f"rule broken: {trouble}")
    success = bool(result.success)
    if rule.level != "row" or (success and rule.mostly == 1):
        return Verdict(success=success)
    expectation = result.expectation_config.to_domain_obj()
    return Verdict(success=success, condition=_condition(batch, rule, expectation))


def _observed(found: Any) -> str:
    """Return the value a rule on a table saw; a rule on a set of values sees which are missing and which too many."""
    if found.get("observed_value") is not None:
        return str(found["observed_value"])
    lists = (("missing", "partial_missing_list"), ("unexpected", "partial_unexpected_list"))
    return "; ".join(f"{word}: {', '.join(map(str, found[name]))}" for word, name in lists if found.get(name))


def _trouble(information: Any) -> str:
    """Return the first line of the exception a rule met, if any; it is nested by metric or flat."""
    entries = [information, *(each for each in information.values() if isinstance(each, dict))]
    for entry in entries:
        if entry.get("raised_exception"):
            return str(entry.get("exception_message") or "no message").strip().splitlines()[0]
    return ""


def _condition(batch: Any, rule: Rule, expectation: Any) -> str:
    """Return the SQL that is true of a failing row: Great Expectations' own condition, compiled."""
    if rule.predicate is not None:
        return f"not coalesce(({rule.predicate}), true)"
    configuration = expectation.configuration
    engine = batch.data.execution_engine
    name = f"{expectation.map_metric}.condition"
    values = {key: value for key, value in configuration.get_success_kwargs().items() if key != "mostly"}
    domain = {"batch_id": batch.id, "column": configuration.kwargs["column"]}
    metric = MetricConfiguration(
        name, domain, {key: value for key, value in values.items() if key not in domain}
    )
    condition, _, _ = MetricsCalculator(execution_engine=engine).get_metric(metric=metric)
    return dialect.as_sql(condition)
